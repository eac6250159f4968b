package io.aerie.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every message comes back as it was, and rubbish is refused. */
class MessageCodecTest {
  private static final StreamKey STREAM = new StreamKey(5, 6);
  private static final Message.Target TARGET = new Message.Target(new UUID(1, 2), 3);
  private static final BlockKey BLOCK = new BlockKey(9, 7);

  private static ByteBuffer data(int length) {
    ByteBuffer data = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      data.put(i, (byte) (i * 31));
    }
    return data;
  }

  private static BlockVersion version() {
    List<UnitState> units = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      units.add(UnitState.values()[i % 3]);
    }
    return new BlockVersion(BLOCK, new Point(4, 8), 12, units);
  }

  private static BitSet damaged() {
    BitSet damaged = new BitSet();
    damaged.set(3);
    damaged.set(1023);
    return damaged;
  }

  private static List<Message> all() {
    BlockVersion version = version();
    Change.Copy copy =
        new Change.Copy(
            BLOCK, version.version(), version.groupEpoch(), version.units(), data(65536));
    List<Entry> entries = new ArrayList<>();
    List<Change> changes =
        List.of(
            new Change.Write(BLOCK, 3, data(8192)),
            new Change.Parity(BLOCK, 3, data(8192), 1008, data(4096)),
            new Change.Zero(BLOCK, 1, 2),
            Change.touch(BLOCK),
            new Change.Nothing(),
            copy,
            new Change.Remove(BLOCK));
    for (Change change : changes) {
      entries.add(new Entry(STREAM, new Point(4, entries.size() + 1), 11, change));
    }
    StreamState state =
        new StreamState(
            STREAM, new Point(4, 2), new Point(3, 1), List.of(new Point(3, 1), new Point(4, 2)));
    return List.of(
        new Message.Beat(1, 2),
        new Message.BeatAnswer(1, 2),
        new Message.Append(TARGET, STREAM, 4, 7, entries),
        new Message.AppendAnswer(TARGET, STREAM, 4, Message.Status.GAP, 1, 2),
        new Message.Seal(1, 5, 4, List.of(TARGET, TARGET)),
        new Message.SealAnswer(
            1, 5, 4, List.of(new Message.SealedDisk(TARGET, Message.Status.DONE, List.of(state)))),
        new Message.BaseRequest(1, TARGET, 7, new Base(STREAM, 4, new Point(3, 9), 2, true)),
        new Message.BaseAnswer(1, Message.Status.REFUSED, List.of(version)),
        new Message.ReadRequest(1, TARGET, STREAM, new Point(4, 1), BLOCK, 2, 3),
        new Message.ReadAnswer(1, Message.Status.CORRUPT, data(4096)),
        new Message.BlockRequest(1, TARGET, STREAM, new Point(4, 1), BLOCK),
        new Message.BlockAnswer(
            1, Message.Status.DONE, Optional.of(new BlockImage(version, data(65536)))),
        new Message.BlockAnswer(1, Message.Status.DONE, Optional.empty()),
        new Message.InventoryRequest(1, TARGET, STREAM, new Point(4, 1)),
        new Message.InventoryAnswer(1, Message.Status.DONE, List.of(version, version)),
        new Message.VerifyRequest(1, TARGET, STREAM, new Point(4, 1), BLOCK, true),
        new Message.VerifyAnswer(
            1,
            Message.Status.DONE,
            Optional.of(new BlockReport(version, data(21 * 64), damaged(), data(65536)))),
        new Message.VerifyAnswer(1, Message.Status.REFUSED, Optional.empty()),
        new Message.LayersRequest(
            1,
            TARGET,
            STREAM,
            new Point(4, 1),
            List.of(new Message.LayerView(9, 1024), new Message.LayerView(7, 3)),
            5,
            2,
            3),
        new Message.LayersAnswer(1, Message.Status.DONE, 6, 4, data(4096)),
        new Message.UnitsRequest(1, TARGET, STREAM, new Point(4, 1), List.of(9L, 7L), 5),
        new Message.UnitsAnswer(
            1,
            Message.Status.DONE,
            List.of(new Message.LayerUnits(-1, 5), new Message.LayerUnits(6, 2))),
        new Message.ExtentsRequest(1, 2, 3, 4, 5, 6),
        new Message.ExtentsAnswer(1, Message.Status.DONE, data(64)),
        new Message.OriginRequest(1, 5, 6, 1L << 40, 8),
        new Message.OriginAnswer(1, Message.Status.DONE, data(4096)),
        new Message.ClientRequest(5, 4, 3, 2, 1, Message.Operation.WRITE, 512, 100, data(100)),
        new Message.ClientAnswer(5, 4, 3, 2, Message.Status.CONFLICT, data(0)),
        new Message.ReservationQuestion(1, 5, 77, true),
        new Message.ReservationQuestion(1, 5, 0, false),
        new Message.ReservationAnswer(1, Message.Status.DONE, 78));
  }

  private static ByteBuffer frame(Message message) {
    ByteBuffer frame = ByteBuffer.allocate(1 << 20);
    for (ByteBuffer part : MessageCodec.encode(message)) {
      frame.put(part);
    }
    return frame.flip();
  }

  @Test
  void shouldReadWhatItWrote() throws MalformedMessageException {
    for (Message message : all()) {
      assertThat(MessageCodec.decode(frame(message))).isEqualTo(message);
    }
  }

  @Test
  void shouldRefuseEveryPieceOfAMessage() {
    for (Message message : all()) {
      ByteBuffer frame = frame(message);
      int step = Math.max(1, frame.limit() / 50);
      for (int length = 0; length < frame.limit(); length += step) {
        ByteBuffer piece = frame.duplicate().limit(length);
        assertThatThrownBy(() -> MessageCodec.decode(piece))
            .isInstanceOf(MalformedMessageException.class);
      }
    }
  }

  @Test
  void shouldNotCopyPayloads() {
    ByteBuffer payload = data(4096);
    ByteBuffer[] parts =
        MessageCodec.encode(new Message.ReadAnswer(1, Message.Status.DONE, payload));
    payload.put(0, (byte) 99);
    assertThat(parts[parts.length - 1].get(0)).isEqualTo((byte) 99);
  }
}
