package io.aerie.rest.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;

/** Headers that are equal for all requests and all responses. */
@PreMatching
public final class CommonHeaders implements ContainerRequestFilter, ContainerResponseFilter {
  private final String negotiable;

  /**
   * JSON is all there is but on one path, and RFC 9110, section 12.5.1, lets a server disregard
   * Accept.
   *
   * @param negotiable the path below the root where Accept decides
   */
  public CommonHeaders(String negotiable) {
    this.negotiable = negotiable;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!request.getUriInfo().getRequestUri().getPath().equals(negotiable)) {
      request.getHeaders().putSingle(HttpHeaders.ACCEPT, MediaType.WILDCARD);
    }
  }

  /**
   * No cache keeps what only some may see; no browser guesses types or falls back to plain HTTP.
   */
  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    MultivaluedMap<String, Object> headers = response.getHeaders();
    headers.putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.putSingle("X-Content-Type-Options", "nosniff");
    headers.putSingle("Strict-Transport-Security", "max-age=31536000");
  }
}
