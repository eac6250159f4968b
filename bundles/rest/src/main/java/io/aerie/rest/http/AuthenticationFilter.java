package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.audit.AuditTrail;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.reflect.Method;
import java.util.Map;
import org.eclipse.jetty.server.Request;

/** Finds out who asks, and whether the caller may, for every method that is not open to all. */
@Priority(Priorities.AUTHENTICATION)
public final class AuthenticationFilter implements ContainerRequestFilter {
  private final Subsystems subsystems;
  private final Authenticator authenticator;
  @Context private ResourceInfo resource;

  /** Uses what is there. */
  public AuthenticationFilter(Subsystems subsystems) {
    this.subsystems = subsystems;
    this.authenticator = new Authenticator(subsystems);
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Method method = resource.getResourceMethod();
    if (method == null) {
      return;
    }
    Permission needed = needed(method);
    if (needed == Permission.OPEN) {
      return;
    }
    Caller caller =
        authenticator.authenticate(
            request.getHeaderString(HttpHeaders.AUTHORIZATION), source(ServedRequest.get()));
    request.setSecurityContext(Callers.context(caller));
    try {
      caller.require(needed);
    } catch (AerieException e) {
      if (AuditFilter.isChange(request)) {
        AuditTrail.refused(subsystems, caller, AuditFilter.action(request), Map.of());
      }
      throw e;
    }
  }

  /** The address of the other end of the connection; never a header, which anybody can write. */
  static String source(Request connection) {
    return Request.getRemoteAddr(connection);
  }

  /**
   * What a method needs. The framework's own methods (OPTIONS) tell what the description tells to
   * all, and still want a user.
   */
  private static Permission needed(Method method) {
    if (!method.getDeclaringClass().getName().startsWith("io.aerie.")) {
      return Permission.CLUSTER_READ;
    }
    Requires requires = method.getAnnotation(Requires.class);
    if (requires == null) {
      requires = method.getDeclaringClass().getAnnotation(Requires.class);
    }
    if (requires == null) {
      throw new AerieException(
          ErrorCode.FORBIDDEN,
          "Nobody may do this",
          "The method declares no permission: a fault of ours.",
          "Report it.");
    }
    return requires.value();
  }
}
