package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.ConfigStore;
import io.aerie.rest.RestFixture.Answer;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Documents of ConfigDB that are changed together, or in part. */
class ConfigTransactionTest {
  private static final String TRANSACTION = "config:transaction";

  private final RestFixture rest = new RestFixture();

  private Answer send(String path, String body) throws Exception {
    return rest.call("administrator", "POST", path, body);
  }

  @Test
  void shouldChangeAllOrNothing() throws Exception {
    rest.call("administrator", "PUT", "config/a?type=kind", "{\"x\":1}");
    long seen = rest.get("config/a").json().path("revision").asLong();
    String changes =
        "\"changes\":[{\"path\":\"a\",\"value\":{\"x\":2}},"
            + "{\"path\":\"b\",\"type\":\"other\",\"value\":{\"y\":1}}]}";
    String stale = "{\"conditions\":[{\"path\":\"a\",\"revision\":" + (seen + 1) + "}]," + changes;
    assertThat(send(TRANSACTION, stale).code()).isEqualTo("precondition-failed");
    String wanted =
        "{\"conditions\":[{\"path\":\"a\",\"revision\":"
            + seen
            + "},{\"path\":\"b\",\"revision\":0}],"
            + changes;
    assertThat(send(TRANSACTION + "?dryRun=true", wanted).json().path("dryRun").asBoolean())
        .isTrue();
    assertThat(rest.get("config/a").json().at("/value/x").asInt()).isEqualTo(1);
    assertThat(rest.get("config/b").status()).isEqualTo(404);
    long revision = send(TRANSACTION, wanted).json().path("revision").asLong();
    assertThat(revision).isGreaterThan(seen);
    assertThat(rest.get("config/a").json().at("/value/x").asInt()).isEqualTo(2);
    assertThat(rest.get("config/a").json().path("type").asText()).isEqualTo("kind");
    assertThat(rest.get("config/a").json().path("revision").asLong()).isEqualTo(revision);
    assertThat(rest.get("config/b").json().path("type").asText()).isEqualTo("other");
    String removal = "{\"changes\":[{\"path\":\"b\",\"remove\":true}]}";
    assertThat(send(TRANSACTION, removal).status()).isEqualTo(200);
    assertThat(rest.get("config/b").status()).isEqualTo(404);
    assertThat(rest.audit.lines()).anyMatch(line -> line.contains("changes=remove b"));
  }

  @Test
  void shouldRefuseWhatIsNotClear() throws Exception {
    for (String changes :
        new String[] {
          "[]",
          "[{\"value\":{}}]",
          "[{\"path\":\"a\"}]",
          "[{\"path\":\"a\",\"value\":{},\"remove\":true}]"
        }) {
      Answer refused = send(TRANSACTION, "{\"changes\":" + changes + "}");
      assertThat(refused.code()).as(changes).isEqualTo("invalid-value");
    }
    assertThat(send(TRANSACTION, "{}").code()).isEqualTo("invalid-value");
    String user = "{\"changes\":[{\"path\":\"users/u\",\"value\":{}}]}";
    assertThat(send(TRANSACTION, user).status()).isEqualTo(403);
    String fine = "{\"changes\":[{\"path\":\"a\",\"value\":{}}]}";
    assertThat(rest.call("operator", "POST", TRANSACTION, fine).status()).isEqualTo(403);
  }

  /** Each read answers when the last one was asked: one after the other, none ever would. */
  @Test
  void shouldReadAtOnceWhatKeepsItsKindAndNothingElse() throws Exception {
    rest.call("administrator", "PUT", "config/a?type=kind", "{}");
    List<String> asked = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> all = new CompletableFuture<>();
    rest.subsystems.with(
        ConfigStore.class,
        (ConfigStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ConfigStore.class},
                (proxy, method, arguments) -> {
                  if (!method.getName().equals("get")) {
                    return method.invoke(rest.config, arguments);
                  }
                  asked.add((String) arguments[0]);
                  if (asked.size() == 3) {
                    all.complete(null);
                  }
                  return all.thenCompose(done -> rest.config.get((String) arguments[0]));
                }));
    String changes =
        "{\"changes\":[{\"path\":\"a\",\"value\":{\"x\":1}},{\"path\":\"b\",\"value\":{}},"
            + "{\"path\":\"c\",\"value\":{}},{\"path\":\"a\",\"value\":{\"x\":2}},"
            + "{\"path\":\"d\",\"type\":\"t\",\"value\":{}},{\"path\":\"e\",\"remove\":true}]}";
    assertThat(send(TRANSACTION, changes).status()).isEqualTo(200);
    assertThat(asked).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(rest.config.getLocal("a").orElseThrow().type()).isEqualTo("kind");
    assertThat(rest.config.getLocal("a").orElseThrow().json()).isEqualTo("{\"x\":2}");
    assertThat(rest.config.getLocal("b").orElseThrow().type()).isEqualTo("document");
    assertThat(rest.config.getLocal("d").orElseThrow().type()).isEqualTo("t");
  }

  @Test
  void shouldRefuseMoreThanBelongsTogether() throws Exception {
    String changes = "{\"changes\":[" + removals(1_000) + "]}";
    assertThat(send(TRANSACTION, changes).status()).isEqualTo(200);
    String more = "{\"changes\":[" + removals(1_001) + "]}";
    assertThat(send(TRANSACTION, more).code()).isEqualTo("too-large");
    String conditions =
        IntStream.range(0, 1_001)
            .mapToObj(i -> "{\"path\":\"d" + i + "\",\"revision\":0}")
            .collect(Collectors.joining(","));
    String conditional = "{\"conditions\":[" + conditions + "],\"changes\":[" + removals(1) + "]}";
    assertThat(send(TRANSACTION, conditional).status()).isEqualTo(413);
  }

  private static String removals(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"path\":\"d" + i + "\",\"remove\":true}")
        .collect(Collectors.joining(","));
  }

  /** A record of a removed node would end that node for good, past all checks. */
  @Test
  void shouldNotWriteTheClustersOwnRecords() throws Exception {
    for (String path : new String[] {"nodes/n2", "leaving/n2", "removed/n2", "lineage"}) {
      for (String method : new String[] {"PUT", "PATCH", "DELETE"}) {
        String body = method.equals("DELETE") ? null : "{\"keys\":[\"00\"]}";
        Answer refused = rest.call("administrator", method, "config/cluster/" + path, body);
        assertThat(refused.code()).as(method + " " + path).isEqualTo("forbidden");
      }
      for (String change : new String[] {"\"value\":{}", "\"remove\":true"}) {
        String wanted = "{\"changes\":[{\"path\":\"cluster/" + path + "\"," + change + "}]}";
        assertThat(send(TRANSACTION, wanted).code()).as(wanted).isEqualTo("forbidden");
      }
    }
    assertThat(rest.call("administrator", "PUT", "config/clusters", "{}").status()).isEqualTo(201);
  }

  @Test
  void shouldChangeMembersOfADocument() throws Exception {
    rest.call("administrator", "PUT", "config/a", "{\"x\":1,\"y\":{\"p\":1,\"q\":[1]},\"z\":3}");
    String patch = "{\"x\":null,\"y\":{\"p\":2,\"r\":{\"s\":null}},\"z\":[7]}";
    String tag = rest.get("config/a").header("ETag");
    Answer dry = rest.call("administrator", "PATCH", "config/a?dryRun=true", patch);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.get("config/a").header("ETag")).isEqualTo(tag);
    Answer done = rest.call("administrator", "PATCH", "config/a", patch, "If-Match", tag);
    assertThat(done.status()).isEqualTo(200);
    // the examples of RFC 7396: null removes, objects are merged, all else is replaced
    assertThat(rest.get("config/a").json().path("value").toString())
        .isEqualTo("{\"y\":{\"p\":2,\"q\":[1],\"r\":{}},\"z\":[7]}");
    assertThat(rest.call("administrator", "PATCH", "config/a", patch, "If-Match", tag).status())
        .isEqualTo(412);
    assertThat(rest.call("administrator", "PATCH", "config/b", patch).status()).isEqualTo(404);
    assertThat(rest.call("operator", "PATCH", "config/a", patch).status()).isEqualTo(403);
  }
}
