package io.aerie.rest.stream;

import io.aerie.rest.http.ConnectionGuard;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Stands between the server and Jersey, and goes on with an answer where Jersey ends when the
 * resource opened an {@link EventStream}. Jersey's own server-sent events write with a waiting
 * thread, so that clients that don't read would take all threads from the others.
 */
public final class StreamHandler extends Handler.Wrapper {
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

  /**
   * @param jersey whose answers may go on
   */
  public StreamHandler(Handler jersey) {
    super(jersey);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return super.handle(
        request,
        response,
        Callback.from(
            () -> goOn(request, response, callback),
            failure -> {
              if (request.getAttribute(EventStream.ATTRIBUTE) instanceof EventStream stream) {
                stream.fail(failure);
              }
              callback.failed(failure);
            }));
  }

  private void goOn(Request request, Response response, Callback callback) {
    if (!(request.getAttribute(EventStream.ATTRIBUTE) instanceof EventStream stream)) {
      callback.succeeded();
      return;
    }
    if (response.getStatus() != HttpStatus.OK_200 || response.isCommitted()) {
      stream.fail(new IllegalStateException("the answer was another after all"));
      callback.succeeded();
      return;
    }
    // Jersey saw an empty body
    response.getHeaders().remove(HttpHeader.CONTENT_LENGTH);
    open.add(stream);
    ConnectionGuard.last(request);
    // at once, not with the next stream: each holds its connection's buffers
    stream.start(request, response, callback, () -> open.remove(stream));
  }

  @Override
  protected void doStop() throws Exception {
    new ArrayList<>(open).forEach(EventStream::finish);
    open.clear();
    super.doStop();
  }
}
