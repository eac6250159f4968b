package io.aerie.rest.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is left of a request's body before it is answered. A request that is refused early (no
 * credentials, no right, no such path) leaves its body unread; the server would answer and then cut
 * the connection, which the client takes for its next request and finds broken.
 */
public final class UnreadBodies implements ContainerResponseFilter {
  /** The request's own stream, where a filter has put another in its place. */
  static final String STREAM = UnreadBodies.class.getName();

  private static final Logger log = LoggerFactory.getLogger(UnreadBodies.class);

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    boolean announced =
        request.getLength() > 0 || request.getHeaderString("Transfer-Encoding") != null;
    if (!announced) {
      return;
    }
    ConnectionGuard.hurry(ServedRequest.get());
    try {
      InputStream body =
          request.getProperty(STREAM) instanceof InputStream own ? own : request.getEntityStream();
      BodyLimit.drain(body);
    } catch (IOException | IllegalStateException e) {
      // Whoever sent it is gone, or the body was read and closed: the answer goes out all the same.
      log.debug("the rest of a body can't be read", e);
      response.getHeaders().putSingle("Connection", "close");
    }
  }
}
