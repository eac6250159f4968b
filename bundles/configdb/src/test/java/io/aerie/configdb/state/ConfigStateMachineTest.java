package io.aerie.configdb.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.MemoryConfigStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The replicated state against a plain model: random transactions, some of them sent twice, must
 * give the same answers, documents and events; a replica from a snapshot must go on like one that
 * saw all. The seed in a failing test's name replays it.
 */
class ConfigStateMachineTest {
  private static final int TRANSACTIONS = 2_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldDoWhatTheModelDoes(long seed) throws Exception {
    Random random = new Random(seed);
    ConfigStateMachine machine = new ConfigStateMachine();
    MemoryConfigStore model = new MemoryConfigStore();
    List<ConfigEvent> modelEvents = new ArrayList<>();
    model.watch("", 0, modelEvents::add);
    byte[] former = null;
    byte[] formerAnswer = null;
    for (int i = 1; i <= TRANSACTIONS; i++) {
      if (former != null && random.nextInt(5) == 0) {
        assertThat(machine.apply(i, former)).isEqualTo(formerAnswer);
        continue;
      }
      ConfigTransaction transaction = transaction(random, model);
      former = new Command(uuid(random), transaction).encode();
      formerAnswer = machine.apply(i, former);
      assertThat(Answer.decode(formerAnswer)).isEqualTo(modelAnswer(model, transaction));
    }
    assertThat(machine.list("")).containsExactlyElementsOf(model.documents().values());
    for (String prefix : List.of("a", "a/b", "b", "ab", "zz")) {
      assertThat(machine.list(prefix)).isEqualTo(model.listLocal(prefix));
    }
    assertThat(machine.revision()).isEqualTo(model.localRevision());
    assertThat(machine.readHistory(0, Integer.MAX_VALUE).events()).isEqualTo(modelEvents);
  }

  /** However they share entries of the log, commands do what they do one by one. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldDoTheSameInBatches(long seed) throws Exception {
    Random random = new Random(seed);
    ConfigStateMachine single = new ConfigStateMachine();
    ConfigStateMachine batched = new ConfigStateMachine();
    MemoryConfigStore model = new MemoryConfigStore();
    List<byte[]> batch = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    for (int i = 1; i <= TRANSACTIONS; i++) {
      byte[] command =
          !batch.isEmpty() && random.nextInt(5) == 0
              ? batch.get(random.nextInt(batch.size()))
              : new Command(uuid(random), transaction(random, model)).encode();
      batch.add(command);
      answers.add(Answer.decode(single.apply(i, command)));
      if (random.nextInt(8) == 0 || i == TRANSACTIONS) {
        byte[] entry = CommandBatch.encode(batch);
        byte[] got = batched.apply(i, entry);
        assertThat(CommandBatch.decodeAnswers(got, batch.size())).isEqualTo(answers);
        // sent again: the same answers, nothing more
        assertThat(batched.apply(i, entry)).isEqualTo(got);
        batch.clear();
        answers.clear();
      }
    }
    assertThat(batched.contents()).isEqualTo(single.contents());
    assertThat(batched.readHistory(0, Integer.MAX_VALUE))
        .isEqualTo(single.readHistory(0, Integer.MAX_VALUE));
  }

  @Test
  void shouldRefuseABatchThatIsDamagedAsAWhole() throws Exception {
    Random random = new Random(7);
    MemoryConfigStore model = new MemoryConfigStore();
    byte[] good =
        CommandBatch.encode(
            List.of(
                new Command(uuid(random), transaction(random, model)).encode(),
                new Command(uuid(random), transaction(random, model)).encode()));
    ConfigStateMachine machine = new ConfigStateMachine();
    for (int length = 1; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThat(Answer.decode(machine.apply(length, cut))).isInstanceOf(Answer.Refused.class);
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThat(Answer.decode(machine.apply(1, longer))).isInstanceOf(Answer.Refused.class);
    assertThat(machine.revision()).isZero();
  }

  /** A failed condition names its path and revisions; the model only that it failed. */
  private static Answer modelAnswer(MemoryConfigStore model, ConfigTransaction transaction)
      throws InterruptedException {
    try {
      return new Answer.Committed(model.commit(transaction).get());
    } catch (ExecutionException e) {
      assertThat(((AerieException) Causes.of(e)).code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
      return transaction.conditions().stream()
          .map(condition -> failed(model, condition))
          .filter(answer -> answer.expected() != answer.actual())
          .findFirst()
          .orElseThrow();
    }
  }

  private static Answer.ConditionFailed failed(MemoryConfigStore model, Condition condition) {
    var document = model.documents().get(condition.path());
    return new Answer.ConditionFailed(
        condition.path(), condition.revision(), document == null ? 0 : document.revision());
  }

  private static ConfigTransaction transaction(Random random, MemoryConfigStore model) {
    List<Condition> conditions = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      String path = path(random);
      var document = model.documents().get(path);
      long actual = document == null ? 0 : document.revision();
      conditions.add(new Condition(path, random.nextInt(4) == 0 ? actual + 1 : actual));
    }
    List<Change> changes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      changes.add(
          random.nextInt(3) == 0
              ? new Change.Delete(path(random))
              : new Change.Put(
                  path(random), "t", "{\"n\":" + random.nextInt(9) + ",\"u\":\"ä€\"}"));
    }
    return new ConfigTransaction(conditions, changes);
  }

  private static String path(Random random) {
    List<String> segments = List.of("a", "b", "ab", "a-b", "a.b");
    StringBuilder path = new StringBuilder(segments.get(random.nextInt(segments.size())));
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      path.append('/').append(segments.get(random.nextInt(segments.size())));
    }
    return path.toString();
  }

  private static UUID uuid(Random random) {
    return new UUID(random.nextLong(), random.nextLong());
  }

  @Test
  void shouldGoOnFromASnapshotAsIfNothingHadHappened() throws Exception {
    Random random = new Random(7);
    MemoryConfigStore model = new MemoryConfigStore();
    ConfigStateMachine original = new ConfigStateMachine();
    byte[] last = null;
    for (int i = 0; i < Limits.RECENT_TRANSACTIONS_MAX + 100; i++) {
      ConfigTransaction transaction = transaction(random, model);
      last = new Command(uuid(random), transaction).encode();
      original.apply(i, last);
    }
    byte[] snapshot = snapshot(original);
    ConfigStateMachine copy = new ConfigStateMachine();
    copy.readSnapshot(5_000, input(snapshot));
    assertThat(snapshot(copy)).isEqualTo(snapshot);

    assertThat(copy.apply(5_001, last)).isEqualTo(original.apply(5_001, last));
    byte[] next = new Command(uuid(random), transaction(random, model)).encode();
    assertThat(copy.apply(5_002, next)).isEqualTo(original.apply(5_002, next));
    assertThat(snapshot(copy)).isEqualTo(snapshot(original));
  }

  @Test
  void shouldKeepItsStateWhenASnapshotIsDamagedOrUnknown() throws Exception {
    ConfigStateMachine machine = new ConfigStateMachine();
    machine.apply(1, put("a", "{}"));
    byte[] good = snapshot(machine);
    byte[] cut = Arrays.copyOf(good, good.length - 2);
    byte[] newer = good.clone();
    newer[5] = 2;
    assertThatThrownBy(() -> machine.readSnapshot(2, input(cut))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> machine.readSnapshot(2, input(newer)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unknown format 2");
    assertThat(snapshot(machine)).isEqualTo(good);
  }

  @Test
  void shouldRefuseWhatIsNoCommandAndStayAsItIs() throws Exception {
    ConfigStateMachine machine = new ConfigStateMachine();
    byte[] before = snapshot(machine);
    byte[] good = put("a", "{}");
    byte[] newer = good.clone();
    newer[0] = 2;
    byte[] trailing = Arrays.copyOf(good, good.length + 1);
    byte[] cut = Arrays.copyOf(good, good.length - 1);
    for (byte[] bad : List.of(newer, trailing, cut, new byte[0])) {
      assertThat(Answer.decode(machine.apply(1, bad))).isInstanceOf(Answer.Refused.class);
    }
    assertThat(snapshot(machine)).isEqualTo(before);
  }

  @Test
  void shouldForgetHistoryBeyondItsBounds() {
    ConfigStateMachine machine = new ConfigStateMachine(4, 1_000);
    for (int i = 1; i <= 6; i++) {
      machine.apply(i, put("a", "{}"));
    }
    assertThat(machine.historyPlace(1)).isEmpty();
    assertThat(machine.readHistory(machine.historyPlace(2).orElseThrow(), 10).events())
        .extracting(ConfigEvent::revision)
        .containsExactly(3L, 4L, 5L, 6L);
    assertThat(machine.readHistory(0, 10).missed()).isTrue();

    machine.apply(7, put("a", "{\"x\":\"" + "x".repeat(2_000) + "\"}"));
    assertThat(machine.historyPlace(5)).isEmpty();
    assertThat(machine.historyPlace(6)).isPresent();
  }

  private static byte[] put(String path, String json) {
    Change put = new Change.Put(path, "t", json);
    return new Command(UUID.randomUUID(), new ConfigTransaction(List.of(), List.of(put))).encode();
  }

  private static byte[] snapshot(ConfigStateMachine machine) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    machine.writeSnapshot(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static DataInputStream input(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }
}
