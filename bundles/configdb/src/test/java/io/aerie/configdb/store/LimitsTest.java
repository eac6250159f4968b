package io.aerie.configdb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.schema.DocumentSchema;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.Command;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is refused before it enters the log: each bound lets its last byte through and refuses the
 * next, and a refusal, like a mere check, changes nothing.
 */
@Timeout(120)
class LimitsTest {
  private final SchemaRegistry schemas = new SchemaRegistry();
  private final ConfigStateMachine state = new ConfigStateMachine();
  private final ReplicatedConfigStore store =
      new ReplicatedConfigStore(
          new MemoryReplicatedLogProvider()
              .open(new LogSpecification("config", state, true, List.of()))
              .join(),
          state,
          schemas);

  @AfterEach
  void close() {
    store.close();
  }

  private static Change put(String path, String json) {
    return new Change.Put(path, "thing", json);
  }

  /** A JSON object of so many bytes, with characters of one, two, three and four bytes. */
  private static String json(int bytes) {
    String start = "{\"x\":\"aé€😀";
    int startBytes = 6 + 1 + 2 + 3 + 4;
    return start + "x".repeat(bytes - startBytes - 2) + "\"}";
  }

  private static ConfigTransaction all(List<Change> changes) {
    return new ConfigTransaction(List.of(), changes);
  }

  private void assertRefused(CompletableFuture<?> refused, ErrorCode code, String text) {
    assertThatThrownBy(refused::join)
        .extracting(Causes::of)
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal.describe()).contains(text);
            });
  }

  @Test
  void shouldBoundADocument() {
    store.commit(all(List.of(put("a", json(Limits.DOCUMENT_BYTES_MAX))))).join();
    assertRefused(
        store.commit(all(List.of(put("b", json(Limits.DOCUMENT_BYTES_MAX + 1))))),
        ErrorCode.TOO_LARGE,
        "262144");
    assertThat(state.list("")).hasSize(1);
  }

  @Test
  void shouldBoundATransaction() {
    String large = json(Limits.DOCUMENT_BYTES_MAX);
    int rest = Limits.TRANSACTION_BYTES_MAX - Limits.DOCUMENT_BYTES_MAX;
    int overhead =
        new Command(UUID.randomUUID(), all(List.of(put("a", large), put("b", json(20)))))
                .encode()
                .length
            - Limits.DOCUMENT_BYTES_MAX
            - 20;
    store.commit(all(List.of(put("a", large), put("b", json(rest - overhead))))).join();
    assertRefused(
        store.commit(all(List.of(put("a", large), put("b", json(rest - overhead + 1))))),
        ErrorCode.TOO_LARGE,
        "524288");
    assertThat(state.revision()).isEqualTo(1);
  }

  @Test
  void shouldBoundTheDatabaseAndStillLetItShrink() throws Exception {
    int number = 0;
    // path, type and JSON count
    int perDocument = 4 + 5 + Limits.DOCUMENT_BYTES_MAX;
    while (state.bytes() + perDocument <= Limits.DATABASE_BYTES_MAX) {
      store.commit(all(List.of(put("d%03d".formatted(number++), json(256 * 1024))))).join();
    }
    int rest = (int) (Limits.DATABASE_BYTES_MAX - state.bytes()) - 4 - 5;
    assertRefused(
        store.commit(all(List.of(put("last", json(rest + 1))))), ErrorCode.TOO_LARGE, "database");
    assertRefused(
        store.check(all(List.of(put("last", json(rest + 1))))), ErrorCode.TOO_LARGE, "database");
    store.commit(all(List.of(put("last", json(rest))))).join();
    assertThat(state.bytes()).isEqualTo(Limits.DATABASE_BYTES_MAX);
    assertRefused(store.commit(all(List.of(put("e", "{}")))), ErrorCode.TOO_LARGE, "database");
    store.commit(all(List.of(new Change.Delete("d000"), put("e", json(200 * 1024))))).join();
    store.commit(all(List.of(put("last", json(rest - 1))))).join();

    ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
    state.writeSnapshot(new DataOutputStream(snapshot));
    ConfigStateMachine copy = new ConfigStateMachine();
    copy.readSnapshot(1, new DataInputStream(new ByteArrayInputStream(snapshot.toByteArray())));
    assertThat(copy.bytes()).isEqualTo(state.bytes());
  }

  @Test
  void shouldBoundWatches() {
    List<Subscription> watches = new ArrayList<>();
    for (int i = 0; i < Limits.WATCHES_MAX; i++) {
      watches.add(store.watch("a", 0, event -> {}));
    }
    assertThatThrownBy(() -> store.watch("a", 0, event -> {}))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.LIMIT_REACHED));
    watches.get(0).close();
    watches.get(0).close();
    watches.add(store.watch("a", 0, event -> {}));
    assertThatThrownBy(() -> store.watch("a", 0, event -> {})).isInstanceOf(AerieException.class);
    watches.forEach(Subscription::close);
  }

  @Test
  void shouldChangeNothingWhenOneDocumentDoesNotMatchItsSchema() {
    schemas.add(
        new DocumentSchema() {
          @Override
          public String type() {
            return "thing";
          }

          @Override
          public String json() {
            return "{\"required\":[\"x\"]}";
          }
        });
    ConfigTransaction transaction = all(List.of(put("good", "{\"x\":1}"), put("bad", "{}")));
    assertRefused(store.commit(transaction), ErrorCode.SCHEMA_VIOLATION, "'bad'");
    assertRefused(store.check(transaction), ErrorCode.SCHEMA_VIOLATION, "'bad'");
    assertThat(state.revision()).isZero();
    store.commit(all(List.of(put("good", "{\"x\":1}"), new Change.Delete("bad")))).join();
  }

  @Test
  void shouldCheckWithoutChangingAnything() {
    store.commit(all(List.of(put("a", "{}")))).join();
    ConfigTransaction fits =
        new ConfigTransaction(List.of(new Condition("a", 1)), List.of(put("a", "{\"x\":1}")));
    assertThat(store.check(fits)).isCompletedWithValue(1L);
    assertRefused(
        store.check(new ConfigTransaction(List.of(new Condition("a", 2)), List.of())),
        ErrorCode.PRECONDITION_FAILED,
        "revision 2");
    assertRefused(
        store.check(all(List.of(put("a b", "{}")))), ErrorCode.INVALID_VALUE, "not a path");
    assertThat(state.get("a").orElseThrow().json()).isEqualTo("{}");
    assertThat(state.revision()).isEqualTo(1);
  }
}
