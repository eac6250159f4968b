package io.aerie.rest.http;

import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** Carries the {@link Caller} in JAX-RS' security context. */
public final class Callers {
  private Callers() {}

  /** Who asks; only for methods that are not open to all. */
  public static Caller of(SecurityContext security) {
    if (security.getUserPrincipal() instanceof Known known) {
      return known.caller;
    }
    throw Credentials.missing();
  }

  /** For the request. */
  static SecurityContext context(Caller caller) {
    return new CallerSecurity(new Known(caller));
  }

  private record Known(Caller caller) implements Principal {
    @Override
    public String getName() {
      return caller.name();
    }
  }

  private record CallerSecurity(Known known) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return known;
    }

    @Override
    public boolean isUserInRole(String permission) {
      return known.caller.may(Permission.valueOf(permission));
    }

    @Override
    public boolean isSecure() {
      return true;
    }

    @Override
    public String getAuthenticationScheme() {
      return known.caller.tokenId().isPresent() ? "BEARER" : BASIC_AUTH;
    }
  }
}
