package io.aerie.rest.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.Problem;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.integration.SwaggerConfiguration;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** The description of all resources, read from their classes when first asked for. */
@Path("/api/v1/openapi.json")
@Requires(Permission.OPEN)
public final class OpenApiResource {
  private static final String BASIC = "basic";
  private static final String BEARER = "bearer";
  private static final String PROBLEM = "Problem";

  private final Set<Class<?>> resources;
  private String document;

  private OpenApiResource(Set<Class<?>> resources) {
    this.resources = resources;
  }

  /**
   * A factory, since Jersey looks at public constructors and doubts what it can't inject.
   *
   * @param resources the classes to describe
   */
  public static OpenApiResource describing(Set<Class<?>> resources) {
    return new OpenApiResource(Set.copyOf(resources));
  }

  @GET
  @Requires(Permission.OPEN)
  @Operation(summary = "This description (OpenAPI 3)")
  public Response get() {
    return Response.ok(document(), jakarta.ws.rs.core.MediaType.APPLICATION_JSON + ";charset=UTF-8")
        .build();
  }

  private synchronized String document() {
    if (document == null) {
      document = read();
    }
    return document;
  }

  private String read() {
    OpenAPI api = new Reader(new SwaggerConfiguration().openAPI(base())).read(resources);
    api.getPaths().values().forEach(OpenApiResource::addProblem);
    try {
      return Json.mapper().writeValueAsString(api);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the description has no JSON", e);
    }
  }

  private static OpenAPI base() {
    Schema<?> problem = new ObjectSchema();
    for (String field : new String[] {"type", "title", "code", "detail", "why", "remedy"}) {
      problem.addProperty(field, new StringSchema());
    }
    problem.addProperty("status", new IntegerSchema());
    return new OpenAPI()
        .info(
            new Info()
                .title("Aerie")
                .version("v1")
                .description("Manages the whole cluster from any node."))
        .components(
            new Components()
                .addSchemas(PROBLEM, problem)
                .addSecuritySchemes(BASIC, scheme(BASIC))
                .addSecuritySchemes(BEARER, scheme(BEARER)))
        .addSecurityItem(new SecurityRequirement().addList(BASIC))
        .addSecurityItem(new SecurityRequirement().addList(BEARER));
  }

  private static SecurityScheme scheme(String name) {
    return new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme(name);
  }

  /** Every operation may be refused, and says so in the same way. */
  private static void addProblem(PathItem path) {
    Content content =
        new Content()
            .addMediaType(
                Problem.MEDIA_TYPE,
                new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM)));
    path.readOperations()
        .forEach(
            operation ->
                operation
                    .getResponses()
                    .addApiResponse(
                        "4XX",
                        new ApiResponse()
                            .description("A refusal (RFC 9457); nothing was changed")
                            .content(content)));
  }
}
