package io.aerie.rest.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Keeps the server's own request for the filters and resources that serve it, which they do on the
 * thread that it came on. Jersey's injection finds it too, but makes several objects by reflection
 * for that, each time.
 */
public final class ServedRequest extends Handler.Wrapper {
  private static final ThreadLocal<Request> SERVED = new ThreadLocal<>();

  /**
   * @param jersey who serves
   */
  public ServedRequest(Handler jersey) {
    super(jersey);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    SERVED.set(request);
    try {
      return super.handle(request, response, callback);
    } finally {
      SERVED.remove();
    }
  }

  /** The request that this thread serves. */
  public static Request get() {
    Request served = SERVED.get();
    if (served == null) {
      throw new IllegalStateException("this thread serves no request");
    }
    return served;
  }
}
