package io.aerie.rest.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Views;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.stream.Collectors;

/**
 * JSON bodies, read strictly: a field we don't know, a field twice, a number where a text belongs
 * or anything after the object is refused, because a request that is half understood does something
 * that nobody asked for.
 */
public final class JsonBodies implements MessageBodyReader<Object>, MessageBodyWriter<Object> {
  private static final ObjectMapper STRICT = strict();

  private static ObjectMapper strict() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();
    for (CoercionInputShape shape :
        new CoercionInputShape[] {
          CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
        }) {
      mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  @Override
  public boolean isReadable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
    return isJson(media) && !InputStream.class.equals(type);
  }

  @Override
  public Object readFrom(
      Class<Object> type,
      Type generic,
      Annotation[] annotations,
      MediaType media,
      MultivaluedMap<String, String> headers,
      InputStream body)
      throws IOException {
    return read(type, body);
  }

  /** Reads a body; MALFORMED_BODY, UNKNOWN_FIELD, INVALID_VALUE. */
  public static <T> T read(Class<T> type, InputStream body) {
    try {
      T value = STRICT.readValue(body, type);
      if (value == null) {
        throw malformed("It is null.", null);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw refusal(e);
    } catch (IOException e) {
      throw brokenOff(e);
    }
  }

  /** Whoever sends a body went away, or was ended: no fault of ours, and nothing for the log. */
  public static AerieException brokenOff(IOException cause) {
    return malformed("It broke off.", cause);
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
    return isJson(media) && !byte[].class.equals(type);
  }

  @Override
  public void writeTo(
      Object value,
      Class<?> type,
      Type generic,
      Annotation[] annotations,
      MediaType media,
      MultivaluedMap<String, Object> headers,
      OutputStream body)
      throws IOException {
    body.write(Views.mapper().writeValueAsBytes(value));
  }

  private static boolean isJson(MediaType media) {
    return media != null
        && (media.getSubtype().equals("json") || media.getSubtype().endsWith("+json"));
  }

  /** Jackson's own texts name Java classes; these don't. */
  private static AerieException refusal(JsonProcessingException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof AerieException known) {
        return known;
      }
    }
    if (failure instanceof UnrecognizedPropertyException unknown) {
      return unknownField(unknown);
    }
    if (failure instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return new AerieException(
          ErrorCode.INVALID_VALUE,
          "The field '" + path(mapping) + "' has a value of the wrong type",
          "",
          "/api/v1/openapi.json tells the types.",
          failure);
    }
    return malformed(place(failure), failure);
  }

  private static AerieException unknownField(UnrecognizedPropertyException failure) {
    String known =
        failure.getKnownPropertyIds() == null
            ? ""
            : failure.getKnownPropertyIds().stream()
                .map(Object::toString)
                .sorted()
                .collect(Collectors.joining(", "));
    return new AerieException(
        ErrorCode.UNKNOWN_FIELD,
        "There is no field '" + path(failure) + "'",
        known.isEmpty() ? "" : "The fields are: " + known + ".",
        "",
        failure);
  }

  private static String path(JsonMappingException failure) {
    return failure.getPath().stream()
        .map(
            reference ->
                reference.getFieldName() == null
                    ? String.valueOf(reference.getIndex())
                    : reference.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String place(JsonProcessingException failure) {
    return failure.getLocation() == null
        ? ""
        : "Line "
            + failure.getLocation().getLineNr()
            + ", column "
            + failure.getLocation().getColumnNr()
            + ".";
  }

  private static AerieException malformed(String why, Throwable cause) {
    return new AerieException(
        ErrorCode.MALFORMED_BODY,
        "The body is not the JSON object that is expected here",
        why,
        "Send one JSON object in UTF-8.",
        cause);
  }
}
