package io.aerie.rest.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.audit.AuditLog;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import io.aerie.face.audit.AuditDetails;
import io.aerie.face.audit.AuditTrail;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Records every change, before and after it. Dry runs change nothing. What is open to all (joining)
 * is recorded when it succeeded only: else strangers could fill the log.
 */
@Priority(Priorities.AUTHORIZATION)
public final class AuditFilter
    implements ContainerRequestFilter, ContainerResponseFilter, ReaderInterceptor {
  private static final String TRAIL = AuditFilter.class.getName() + ".trail";
  private static final String DETAILS = AuditFilter.class.getName() + ".details";
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> DRY = Set.of("", "true");

  private final Subsystems subsystems;

  /** Uses what is there. */
  public AuditFilter(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (isChange(request) && request.getSecurityContext().getUserPrincipal() != null) {
      Caller caller = Callers.of(request.getSecurityContext());
      request.setProperty(TRAIL, AuditTrail.begin(subsystems, caller, action(request)));
    }
  }

  static boolean isChange(ContainerRequestContext request) {
    String dryRun = request.getUriInfo().getQueryParameters().getFirst("dryRun");
    return !READING.contains(request.getMethod()) && (dryRun == null || !DRY.contains(dryRun));
  }

  /** Without the query, which may hold anything. */
  static String action(ContainerRequestContext request) {
    return request.getMethod() + " /" + request.getUriInfo().getPath();
  }

  /** Keeps what the body says that may be recorded. */
  @Override
  public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
    Object body = context.proceed();
    if (body instanceof Record) {
      Map<String, String> details = new HashMap<>();
      for (RecordComponent component : body.getClass().getRecordComponents()) {
        AuditDetails.put(details, component.getName(), value(component, body));
      }
      context.setProperty(DETAILS, details);
    }
    return body;
  }

  private static Object value(RecordComponent component, Object body) {
    try {
      return component.getAccessor().invoke(body);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a body's record can't be read: " + component, e);
    }
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Map<String, String> details = new HashMap<>();
    if (request.getProperty(DETAILS) instanceof Map<?, ?> known) {
      known.forEach((name, value) -> details.put(String.valueOf(name), String.valueOf(value)));
    }
    boolean done = response.getStatus() < 400;
    ObjectNode body = response.getEntity() instanceof ObjectNode node ? node : null;
    if (done && body != null && body.path("id").isTextual()) {
      details.put("id", body.path("id").asText());
    }
    if (request.getProperty(TRAIL) instanceof AuditTrail trail) {
      trail.end(done ? AuditLog.DONE : code(response, body), details);
    } else if (done && isChange(request)) {
      AuditTrail.note(
          subsystems,
          "",
          AuthenticationFilter.source(ServedRequest.get()),
          action(request),
          details,
          AuditLog.DONE);
    }
  }

  private static String code(ContainerResponseContext response, ObjectNode body) {
    return body == null
        ? Integer.toString(response.getStatus())
        : body.path("code").asText(Integer.toString(response.getStatus()));
  }
}
