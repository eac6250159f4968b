package io.aerie.rest.http;

import io.aerie.config.users.UserDirectory.User;
import jakarta.annotation.Priority;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** Finds out who asks, for every resource method that is not open to all. */
@Priority(Priorities.AUTHENTICATION)
public final class AuthenticationFilter implements ContainerRequestFilter {
  private final Authenticator authenticator;
  @Context private ResourceInfo resource;

  /** Uses an authenticator. */
  public AuthenticationFilter(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (resource.getResourceMethod() == null
        || resource.getResourceMethod().isAnnotationPresent(PermitAll.class)) {
      return;
    }
    User user = authenticator.authenticate(request.getHeaderString(HttpHeaders.AUTHORIZATION));
    request.setSecurityContext(new UserSecurity(user));
  }

  /** The user for Jersey's check of roles. */
  private record UserSecurity(User user) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return user::name;
    }

    @Override
    public boolean isUserInRole(String role) {
      return Roles.includes(user.role(), role);
    }

    @Override
    public boolean isSecure() {
      return true;
    }

    @Override
    public String getAuthenticationScheme() {
      return BASIC_AUTH;
    }
  }
}
