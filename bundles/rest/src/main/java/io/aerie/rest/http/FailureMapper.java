package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Unforeseen;
import io.aerie.face.access.Caller;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure becomes a problem; what nobody foresaw is logged here and tells users nothing. */
public final class FailureMapper implements ExceptionMapper<Throwable> {
  private static final Logger logger = LoggerFactory.getLogger(FailureMapper.class);

  @Override
  public Response toResponse(Throwable failure) {
    if (failure instanceof WebApplicationException refusal) {
      return ofFramework(refusal);
    }
    return Problem.response(Unforeseen.report(logger, "A request", failure));
  }

  /** What Jersey refuses before a resource is reached. */
  private static Response ofFramework(WebApplicationException refusal) {
    Response.ResponseBuilder builder =
        Problem.builder(translated(refusal.getResponse().getStatus()));
    String allowed = refusal.getResponse().getHeaderString(HttpHeaders.ALLOW);
    return allowed == null ? builder.build() : builder.header(HttpHeaders.ALLOW, allowed).build();
  }

  private static AerieException translated(int status) {
    return switch (status) {
      case 401 -> Credentials.missing();
      case 403 -> Caller.forbidden("Your role does not allow it.", "Ask an administrator.");
      case 404 ->
          new AerieException(
              ErrorCode.NOT_FOUND,
              "There is no such resource",
              "",
              "The resources are listed in /api/v1/openapi.json.");
      case 405 ->
          new AerieException(
              ErrorCode.METHOD_NOT_ALLOWED,
              "The resource does not have this method",
              "",
              "The header Allow lists its methods.");
      case 415 ->
          new AerieException(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE,
              "The body is not announced as JSON",
              "",
              "Send the header Content-Type: application/json.");
      case 413 -> BodyLimit.tooLarge();
      default ->
          status < 500
              ? new AerieException(ErrorCode.INVALID_VALUE, "The request can't be understood")
              : Unforeseen.told();
    };
  }
}
