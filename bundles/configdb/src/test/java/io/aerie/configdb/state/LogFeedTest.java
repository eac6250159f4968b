package io.aerie.configdb.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two logs know one state; what each may do to it, and say of it, at each point of a move. */
class LogFeedTest {
  private static final LogName OLD = new LogName("atomix", "config");
  private static final LogName NEW = new LogName("ratis", "config-2");
  private static final LogMove MOVE = new LogMove(UUID.randomUUID(), NEW, "n1");
  private static final int PART_BYTES = 40;

  private final ConfigStateMachine state = new ConfigStateMachine();
  private final LogFeed old = LogFeed.first(state, OLD);
  private final LogFeed next = LogFeed.next(state, NEW, Optional.of(old));
  private long index;

  private static byte[] put(String path, UUID id) {
    return new Command(
            id, new ConfigTransaction(List.of(), List.of(new Change.Put(path, "thing", "{}"))))
        .encode();
  }

  private Answer apply(LogFeed feed, byte[] entry) {
    return Answer.decode(feed.apply(++index, entry));
  }

  private Answer apply(LogFeed feed, MoveEntry entry) {
    return apply(feed, entry.encode());
  }

  private Answer put(LogFeed feed, String path) {
    return apply(feed, put(path, UUID.randomUUID()));
  }

  private static long ask(LogFeed feed) {
    return Answer.decode(feed.query(ConfigStateMachine.revisionQuery()))
            instanceof Answer.Committed committed
        ? committed.revision()
        : -1;
  }

  private void seal() {
    apply(old, new MoveEntry.Begin(MOVE));
    assertThat(apply(old, new MoveEntry.Seal(MOVE.id()))).isInstanceOf(Answer.Committed.class);
  }

  private void install(LogFeed feed, byte[] whole) {
    for (int offset = 0; offset < whole.length; offset += PART_BYTES) {
      apply(feed, MoveEntry.Part.of(whole, offset, PART_BYTES));
    }
  }

  private static byte[] snapshot(LogFeed feed) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    feed.writeSnapshot(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static void restore(LogFeed feed, byte[] snapshot) throws Exception {
    feed.readSnapshot(1, new DataInputStream(new ByteArrayInputStream(snapshot)));
  }

  @Test
  void shouldTakeChangesUntilTheSealAndNoneAfter() {
    put(old, "a");
    apply(old, new MoveEntry.Begin(MOVE));
    assertThat(put(old, "b")).isEqualTo(new Answer.Committed(2));
    apply(old, new MoveEntry.Seal(MOVE.id()));
    assertThat(put(old, "c")).isEqualTo(new Answer.Sealed(NEW));
    assertThat(apply(old, new MoveEntry.Cancel(MOVE.id()))).isEqualTo(new Answer.Sealed(NEW));
    assertThat(apply(old, new MoveEntry.Seal(MOVE.id()))).isEqualTo(new Answer.Committed(2));
    assertThat(ask(old)).isEqualTo(-1);
    assertThat(state.list("")).extracting("path").containsExactly("a", "b");
  }

  @Test
  void shouldSealNoMoveThatWasCancelledOrOvertaken() {
    LogMove second = new LogMove(UUID.randomUUID(), new LogName("ratis", "config-3"), "n2");
    apply(old, new MoveEntry.Begin(MOVE));
    apply(old, new MoveEntry.Begin(second));
    assertThat(apply(old, new MoveEntry.Seal(MOVE.id()))).isInstanceOf(Answer.Refused.class);
    assertThat(apply(old, new MoveEntry.Cancel(MOVE.id()))).isInstanceOf(Answer.Refused.class);
    assertThat(old.move()).contains(second);
    apply(old, new MoveEntry.Cancel(second.id()));
    assertThat(old.move()).isEmpty();
    assertThat(apply(old, new MoveEntry.Seal(second.id()))).isInstanceOf(Answer.Refused.class);
    assertThat(put(old, "a")).isEqualTo(new Answer.Committed(1));
  }

  @Test
  void shouldTakeNothingInTheNextLogBeforeItHasAll() {
    put(old, "a");
    seal();
    assertThat(put(next, "b")).isEqualTo(new Answer.Sealed(NEW));
    byte[] whole = old.sealedState().orElseThrow();
    apply(next, MoveEntry.Part.of(whole, 0, PART_BYTES));
    assertThat(put(next, "b")).isEqualTo(new Answer.Sealed(NEW));
    assertThat(ask(next)).isEqualTo(-1);
    assertThat(next.isWhole()).isFalse();
    assertThat(state.revision()).isEqualTo(1);
  }

  @Test
  void shouldGoOnWithoutAGapWhereTheOldLogCameToItsSeal() {
    UUID sentTwice = UUID.randomUUID();
    apply(old, put("a", sentTwice));
    seal();
    long place = state.historyEnd();
    install(next, old.sealedState().orElseThrow());
    assertThat(apply(next, put("a", sentTwice))).isEqualTo(new Answer.Committed(1));
    assertThat(put(next, "b")).isEqualTo(new Answer.Committed(2));
    assertThat(state.readHistory(place, 10).missed()).isFalse();
    assertThat(state.readHistory(place, 10).events()).hasSize(1);
    assertThat(ask(next)).isEqualTo(2);
    assertThat(put(old, "c")).isEqualTo(new Answer.Sealed(NEW));
    assertThat(ask(old)).isEqualTo(-1);
    assertThat(old.sealedState()).isEmpty();
  }

  @Test
  void shouldTellWatchesToListAnewWhereTheOldLogWasBehind() throws Exception {
    ConfigStateMachine other = new ConfigStateMachine();
    LogFeed itsOld = LogFeed.first(other, OLD);
    LogFeed itsNext = LogFeed.next(other, NEW, Optional.of(itsOld));
    UUID late = UUID.randomUUID();
    apply(old, put("a", late));
    seal();
    byte[] whole = old.sealedState().orElseThrow();
    long place = other.historyEnd();
    install(itsNext, whole);
    put(itsNext, "b");
    assertThat(other.readHistory(place, 10).missed()).isTrue();
    assertThat(other.revision()).isEqualTo(2);
    // the old log's entries come after all, to a replica that has gone on
    assertThat(apply(itsOld, put("a", late))).isEqualTo(new Answer.Sealed(NEW));
    assertThat(other.revision()).isEqualTo(2);
    LogFeed reopened = LogFeed.first(new ConfigStateMachine(), OLD);
    restore(reopened, snapshot(itsOld));
    assertThat(reopened.sealedState().orElseThrow()).isEqualTo(whole);
    assertThat(reopened.move().orElseThrow().to()).isEqualTo(NEW);
  }

  @Test
  void shouldTakePartsInOrderAndTwice() {
    put(old, "a");
    seal();
    byte[] whole = old.sealedState().orElseThrow();
    MoveEntry.Part first = MoveEntry.Part.of(whole, 0, PART_BYTES);
    assertThat(apply(next, MoveEntry.Part.of(whole, PART_BYTES, PART_BYTES)))
        .isEqualTo(new Answer.Committed(0));
    assertThat(apply(next, first)).isEqualTo(new Answer.Committed(PART_BYTES));
    assertThat(apply(next, first)).isEqualTo(new Answer.Committed(PART_BYTES));
    byte[] another = whole.clone();
    another[20] ^= 1;
    assertThat(apply(next, MoveEntry.Part.of(another, PART_BYTES, PART_BYTES)))
        .isInstanceOf(Answer.Refused.class);
    install(next, whole);
    assertThat(next.isWhole()).isTrue();
    assertThat(apply(next, first)).isEqualTo(new Answer.Committed(whole.length));
  }

  @Test
  void shouldKeepASealInItsSnapshotAndNoneWithoutAMove() throws Exception {
    put(old, "a");
    assertThat(snapshot(old)).isEqualTo(LogFeed.stateOf(state));
    seal();
    ConfigStateMachine other = new ConfigStateMachine();
    LogFeed reopened = LogFeed.first(other, OLD);
    restore(reopened, snapshot(old));
    assertThat(put(reopened, "b")).isEqualTo(new Answer.Sealed(NEW));
    assertThat(reopened.sealedState().orElseThrow()).isEqualTo(old.sealedState().orElseThrow());
  }

  @Test
  void shouldKeepPartsInItsSnapshot() throws Exception {
    put(old, "a");
    seal();
    byte[] whole = old.sealedState().orElseThrow();
    apply(next, MoveEntry.Part.of(whole, 0, PART_BYTES));
    ConfigStateMachine other = new ConfigStateMachine();
    LogFeed reopened = LogFeed.next(other, NEW, Optional.empty());
    restore(reopened, snapshot(next));
    assertThat(apply(reopened, MoveEntry.Part.of(whole, PART_BYTES, whole.length)))
        .isEqualTo(new Answer.Committed(whole.length));
    assertThat(other.list("")).isEqualTo(state.list(""));
    LogFeed joiner = LogFeed.next(new ConfigStateMachine(), NEW, Optional.empty());
    restore(joiner, snapshot(reopened));
    assertThat(ask(joiner)).isEqualTo(1);
  }
}
