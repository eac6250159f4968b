package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Refuses query parameters that a method doesn't have: with {@code ?dryrun=true} somebody means to
 * change nothing.
 */
public final class KnownParameters implements ContainerRequestFilter {
  private final Map<Method, Set<String>> known = new ConcurrentHashMap<>();
  @Context private ResourceInfo resource;

  @Override
  public void filter(ContainerRequestContext request) {
    Method method = resource.getResourceMethod();
    if (method == null || !method.getDeclaringClass().getName().startsWith("io.aerie.")) {
      return;
    }
    Set<String> asked = request.getUriInfo().getQueryParameters().keySet();
    if (!asked.isEmpty()) {
      check(asked, known.computeIfAbsent(method, KnownParameters::of));
    }
  }

  private static void check(Set<String> asked, Set<String> known) {
    for (String name : asked) {
      if (!known.contains(name)) {
        throw new AerieException(
            ErrorCode.UNKNOWN_FIELD,
            "There is no query parameter '" + name + "' here",
            known.isEmpty()
                ? "This method has none."
                : "The parameters are: " + String.join(", ", known) + ".",
            "");
      }
    }
  }

  private static Set<String> of(Method method) {
    Set<String> names = new TreeSet<>();
    for (Parameter parameter : method.getParameters()) {
      QueryParam query = parameter.getAnnotation(QueryParam.class);
      if (query != null) {
        names.add(query.value());
      }
      if (parameter.isAnnotationPresent(BeanParam.class)) {
        for (Field field : parameter.getType().getDeclaredFields()) {
          if (field.isAnnotationPresent(QueryParam.class)) {
            names.add(field.getAnnotation(QueryParam.class).value());
          }
        }
      }
    }
    return names;
  }
}
