package io.aerie.configdb.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.schema.DocumentSchema;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which documents a schema lets through, what a refusal says, and which schemas are none. */
class SchemaRegistryTest {
  private static final String THING =
      """
      {
        "type": "object",
        "required": ["size"],
        "properties": {
          "size": {"type": "integer", "minimum": 1},
          "parts": {"type": "array", "items": {"type": "object", "required": ["id"]}},
          "secret": {"type": "string", "pattern": "^x", "maxLength": 5, "enum": ["x1", "x2"]}
        },
        "additionalProperties": false
      }
      """;

  private final SchemaRegistry registry = new SchemaRegistry();

  private record Schema(String type, String json, List<String> paths) implements DocumentSchema {}

  private void check(String json) {
    registry.check(new Change.Put("things/a", "thing", json));
  }

  private AerieException refusal(String json) {
    AerieException refusal = catchThrowableOfType(AerieException.class, () -> check(json));
    assertThat(refusal).as(json).isNotNull();
    assertThat(refusal.code()).isEqualTo(ErrorCode.SCHEMA_VIOLATION);
    return refusal;
  }

  @Test
  void shouldLetThroughWhatMatchesAndWhatHasNoSchema() {
    registry.add(new Schema("thing", THING, List.of()));
    check("{\"size\":1,\"parts\":[{\"id\":1}]}");
    registry.check(new Change.Put("others/a", "other", "{\"size\":\"large\"}"));
  }

  @Test
  void shouldTellThePlaceOfEachViolationAsJsonPointer() {
    registry.add(new Schema("thing", THING, List.of()));
    assertThat(refusal("{}").why()).startsWith("At ''").contains("size");
    assertThat(refusal("{\"size\":0}").why()).startsWith("At '/size'");
    AerieException two = refusal("{\"size\":\"x\",\"parts\":[{\"id\":1},{}]}");
    assertThat(two.why()).contains("At '/size'").contains("At '/parts/1'");
    assertThat(two.getMessage()).contains("'things/a'").contains("'thing'");
    assertThat(refusal("{\"size\":1,\"sise\":1}").why()).contains("sise");
  }

  @Test
  void shouldNameABoundedNumberOfViolations() {
    registry.add(new Schema("thing", THING, List.of()));
    String parts = "{},".repeat(500) + "{}";
    assertThat(refusal("{\"size\":1,\"parts\":[" + parts + "]}").why())
        .hasSizeLessThan(2_000)
        .endsWith("And 491 more.");
  }

  @Test
  void shouldNotQuoteTheDocument() {
    registry.add(new Schema("thing", THING, List.of()));
    assertThat(refusal("{\"size\":1,\"secret\":\"hunter-two\"}").describe())
        .contains("/secret")
        .doesNotContain("hunter");
  }

  @Test
  void shouldCheckByPathWhateverTheType() {
    registry.add(new Schema("thing", THING, List.of("things")));
    registry.check(new Change.Put("thingsandmore", "document", "{}"));
    assertThatThrownBy(() -> registry.check(new Change.Put("things/a", "document", "{}")))
        .isInstanceOf(AerieException.class);
    assertThatThrownBy(() -> registry.check(new Change.Put("things", "document", "{}")))
        .isInstanceOf(AerieException.class);
  }

  @Test
  void shouldWantAllSchemasOfATypeAndForgetOnesThatWereTakenBack() {
    DocumentSchema first = new Schema("thing", "{\"required\":[\"a\"]}", List.of());
    DocumentSchema second = new Schema("thing", "{\"required\":[\"b\"]}", List.of());
    registry.add(first);
    registry.add(second);
    check("{\"a\":1,\"b\":1}");
    assertThat(refusal("{\"a\":1}").why()).contains("b");
    registry.remove(second);
    check("{\"a\":1}");
    assertThat(refusal("{\"b\":1}").why()).contains("a");
    registry.remove(first);
    check("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "true",
        "[]",
        "{\"type\":\"thing\"}",
        "{\"required\":\"a\"}",
        "{\"properties\":{\"a\":{\"minimum\":\"1\"}}}",
        "{\"$ref\":\"#/$defs/none\"}"
      })
  void shouldIgnoreWhatIsNoSchema(String json) {
    registry.add(new Schema("thing", json, List.of()));
    assertThatCode(() -> check("{\"a\":0}")).doesNotThrowAnyException();
  }

  @Test
  void shouldFollowReferencesInsideASchemaOnly() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      String elsewhere = "http://127.0.0.1:" + server.getAddress().getPort() + "/schema";
      registry.add(new Schema("thing", "{\"$ref\":\"" + elsewhere + "\"}", List.of()));
      check("{\"a\":0}");
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
    registry.add(
        new Schema(
            "thing",
            "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"required\":[\"a\"]}}}",
            List.of()));
    assertThat(refusal("{}").why()).contains("a");
  }

  @Test
  void shouldKnowWhichTypesHoldSecrets() {
    registry.add(new UserSchema());
    assertThat(registry.isSecret("user", "anywhere")).isTrue();
    assertThat(registry.isSecret("document", "users/a")).isTrue();
    assertThat(registry.isSecret("document", "usersand")).isFalse();
  }

  /** As in a container, where the thread's class loader knows nothing of the library. */
  @Test
  void shouldFindTheDraftsOwnSchemaWhateverTheThreadsClassLoader() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      registry.add(new Schema("thing", THING, List.of()));
    } finally {
      thread.setContextClassLoader(before);
    }
    assertThat(refusal("{}").why()).contains("size");
  }
}
