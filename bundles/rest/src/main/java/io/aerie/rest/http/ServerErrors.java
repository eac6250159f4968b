package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Views;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Problem details for what Jetty refuses before Jersey sees it: bad requests lines, huge headers.
 */
public final class ServerErrors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    AerieException failure =
        status < 500
            ? new AerieException(
                ErrorCode.INVALID_VALUE,
                "The request can't be understood",
                "Its request line or its headers break HTTP, or are too long.",
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
