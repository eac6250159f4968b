package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Views;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Problem details for what Jetty refuses before Jersey sees it: bad requests lines, huge headers.
 */
public final class ServerErrors extends ErrorHandler {
  /** RFC 9110, section 15.5.15, and RFC 6585, section 5. */
  private static final Set<Integer> TOO_LARGE =
      Set.of(HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431);

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    AerieException failure =
        TOO_LARGE.contains(status)
            ? new AerieException(
                ErrorCode.TOO_LARGE,
                "The request's line and headers are too large",
                "Together they have at most 16384 bytes.",
                "")
            : status < 500
                ? new AerieException(
                    ErrorCode.INVALID_VALUE,
                    "The request can't be understood",
                    "Its request line or its headers break HTTP.",
                    "")
                : new AerieException(
                    ErrorCode.INTERNAL,
                    "An unexpected failure happened",
                    "",
                    "The node's log tells more.");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    byte[] body =
        Views.pretty(Problem.body(failure).put("status", status)).getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
