package io.aerie.configdb.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Change.Delete;
import io.aerie.config.ConfigTransaction.Change.Put;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.event.Event;
import io.aerie.event.EventSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of documents, users and tokens, over a real store on a log in memory. */
@Timeout(60)
class ConfigEventsTest {
  private final ConfigStateMachine state = new ConfigStateMachine();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private ReplicatedLog log;
  private ReplicatedConfigStore store;
  private ConfigEvents events;

  private class Told implements EventSource.Sink {
    @Override
    public void begin(long revision) {
      told.add("begin " + revision);
    }

    @Override
    public void applied(long revision, List<Event> happened) {
      for (Event event : happened) {
        told.add(
            revision
                + " "
                + event.what()
                + " "
                + event.kind()
                + "/"
                + event.id()
                + " "
                + event.fields()
                + (event.secret() ? " secret" : "")
                + (event.owner().isEmpty() ? "" : " of " + event.owner()));
      }
    }
  }

  @BeforeEach
  void open() throws Exception {
    log =
        new MemoryReplicatedLogProvider()
            .open(new LogSpecification("config", state, true, List.of()))
            .get(30, TimeUnit.SECONDS);
    SchemaRegistry schemas = new SchemaRegistry();
    store = new ReplicatedConfigStore(log, state, schemas);
    events = new ConfigEvents(store, state, schemas, "5d9c1f7e-0000-4000-8000-000000000000");
  }

  @AfterEach
  void close() {
    events.close();
    store.close();
    log.close();
  }

  private void commit(Change... changes) throws Exception {
    store.commit(new ConfigTransaction(List.of(), List.of(changes))).get(30, TimeUnit.SECONDS);
  }

  private String next() throws InterruptedException {
    return told.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void shouldTellWhatIsDifferentByWholeRevisions() throws Exception {
    commit(new Put("a", "t", "{\"x\":1,\"y\":{\"z\":true,\"w\":2}}"));
    events.follow(new Told());
    assertThat(next()).isEqualTo("begin 1");
    commit(
        new Put("a", "t", "{\"x\":1,\"y\":{\"z\":false,\"w\":2}}"),
        new Put("b/c", "t", "{\"n\":\"v\"}"));
    assertThat(next()).isEqualTo("2 CHANGED config/a {revision=2, value={y={z=false}}}");
    assertThat(next())
        .isEqualTo(
            "2 CREATED config/b/c {createRevision=2, id=b/c, name=b/c, revision=2, type=t,"
                + " value={n=v}}");
    commit(new Delete("a"), new Put("b/c", "t", "{}"));
    assertThat(next()).isEqualTo("3 DELETED config/a {}");
    assertThat(next()).isEqualTo("3 CHANGED config/b/c {revision=3, value={n=null}}");
  }

  /** Revisions begin at 1 again: only the era tells a position of the former ConfigDB apart. */
  @Test
  void shouldHaveAnEraOfItsOwnWithEachFounding() throws Exception {
    assertThat(events.era()).isEqualTo("5d9c1f7e");
    events.follow(new Told());
    assertThat(next()).isEqualTo("begin 0");
    UUID id = UUID.fromString("0a1b2c3d-0000-4000-8000-000000000000");
    store
        .commitStep(
            new ConfigTransaction(
                List.of(new ConfigTransaction.Condition(Lineage.PATH, 0)),
                List.of(Lineage.found(id).put())))
        .get(30, TimeUnit.SECONDS);
    assertThat(next()).isEqualTo("begin 1");
    assertThat(events.era()).isEqualTo("5d9c1f7e0a1b2c3d");
    // its other states are the same life
    store
        .commitStep(new ConfigTransaction(List.of(), List.of(Lineage.found(id).whole(7).put())))
        .get(30, TimeUnit.SECONDS);
    assertThat(next()).startsWith("2 CHANGED config/cluster/lineage");
    assertThat(events.era()).isEqualTo("5d9c1f7e0a1b2c3d");
  }

  @Test
  void shouldNeverTellSecrets() throws Exception {
    events.follow(new Told());
    assertThat(next()).isEqualTo("begin 0");
    commit(new Put("users/ada", "user", "{\"role\":\"OPERATOR\",\"passwordHash\":\"s3cret\"}"));
    assertThat(next())
        .isEqualTo(
            "1 CREATED config/users/ada {createRevision=1, id=users/ada, name=users/ada,"
                + " revision=1, type=user} secret");
    assertThat(next())
        .isEqualTo("1 CREATED users/ada {id=ada, name=ada, revision=1, role=operator}");
    commit(new Put("users/ada", "user", "{\"role\":\"OPERATOR\",\"passwordHash\":\"other\"}"));
    assertThat(next()).isEqualTo("2 CHANGED config/users/ada {revision=2} secret");
    assertThat(next()).isEqualTo("2 CHANGED users/ada {revision=2}");
    commit(
        new Put(
            "tokens/t1",
            "token",
            "{\"name\":\"mine\",\"owner\":\"ada\",\"role\":\"OBSERVER\",\"kinds\":[\"volumes\"],"
                + "\"created\":\"2026-01-01T00:00:00Z\",\"expires\":\"2026-02-01T00:00:00Z\","
                + "\"hash\":\"s3cret\",\"ownerSince\":1}"));
    assertThat(next()).endsWith("type=token} secret");
    assertThat(next())
        .isEqualTo(
            "3 CREATED tokens/t1 {created=2026-01-01T00:00:00Z, expires=2026-02-01T00:00:00Z,"
                + " id=t1, kinds=[volumes], name=mine, owner=ada, revision=3, role=observer}"
                + " of ada");
    commit(new Delete("tokens/t1"));
    assertThat(next()).isEqualTo("4 DELETED config/tokens/t1 {} secret");
    assertThat(next()).isEqualTo("4 DELETED tokens/t1 {} of ada");
    commit(new Put("cluster/tokens/h", "join-token", "{\"hash\":\"s3cret\"}"));
    assertThat(next()).contains("cluster/tokens/h").endsWith("secret").doesNotContain("s3cret");
    commit(new Put("security/ldap", "ldap", "{\"bindPassword\":\"s3cret\"}"));
    assertThat(next()).contains("security/ldap").endsWith("secret").doesNotContain("s3cret");
    for (String path :
        List.of("security/certificate", "cluster/ca", "exports/iscsi/secrets/iqn.x_t")) {
      commit(new Put(path, "t", "{\"keyPem\":\"s3cret\",\"secret\":\"s3cret\"}"));
      assertThat(next()).contains(path).endsWith("secret").doesNotContain("s3cret");
    }
  }

  @Test
  void shouldTellATransactionThatIsLargerThanItsReading() throws Exception {
    events.follow(new Told());
    next();
    List<Change> many = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      many.add(new Put("d" + i, "t", "{}"));
    }
    commit(many.toArray(Change[]::new));
    commit(new Put("last", "t", "{}"));
    for (int i = 0; i < 600; i++) {
      assertThat(next()).startsWith("1 CREATED config/d" + i + " ");
    }
    assertThat(next()).startsWith("2 CREATED config/last");
  }

  /** What it was told when it failed is gone: it must hear that something is missing. */
  @Test
  void shouldBeginAnewForOneWhoFailed() throws Exception {
    AtomicReference<Error> failure = new AtomicReference<>();
    events.follow(
        new Told() {
          @Override
          public void applied(long revision, List<Event> happened) {
            Error thrown = failure.getAndSet(null);
            if (thrown != null) {
              throw thrown;
            }
            super.applied(revision, happened);
          }
        });
    assertThat(next()).isEqualTo("begin 0");
    failure.set(new NoClassDefFoundError("thrown by the test"));
    commit(new Put("a", "t", "{}"));
    assertThat(next()).isEqualTo("begin 1");
    commit(new Put("b", "t", "{}"));
    assertThat(next()).startsWith("2 CREATED config/b");
  }

  @Test
  void shouldBeginAnewWhenASnapshotTakesTheStatesPlace() throws Exception {
    events.follow(new Told());
    assertThat(next()).isEqualTo("begin 0");
    ConfigStateMachine other = new ConfigStateMachine();
    try (ReplicatedLog otherLog =
        new MemoryReplicatedLogProvider()
            .open(new LogSpecification("config", other, true, List.of()))
            .get(30, TimeUnit.SECONDS)) {
      ReplicatedConfigStore ahead = new ReplicatedConfigStore(otherLog, other);
      for (int i = 0; i < 5; i++) {
        ahead
            .commit(
                new ConfigTransaction(List.of(), List.of(new Put("a", "t", "{\"x\":" + i + "}"))))
            .get(30, TimeUnit.SECONDS);
      }
      ahead.close();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    other.writeSnapshot(new DataOutputStream(bytes));
    state.readSnapshot(5, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(next()).isEqualTo("begin 5");
    commit(new Put("a", "t", "{\"x\":9}"));
    assertThat(next()).isEqualTo("6 CHANGED config/a {revision=6, value={x=9}}");
  }
}
