package io.aerie.engine.protocol;

import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import io.aerie.engine.store.UnitState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Reads what {@link MessageWriter} draws and writes. */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
final class MessageReader {
  private static final UnitState[] UNIT_STATES = UnitState.values();

  private final ByteBuffer in;

  MessageReader(ByteBuffer in) {
    this.in = in;
  }

  private interface Element<T> {
    T read() throws MalformedMessageException;
  }

  Message read() throws MalformedMessageException {
    try {
      int version = in.get();
      if (version != MessageType.VERSION) {
        throw malformed("protocol version " + version);
      }
      Message message = read(in.get());
      if (in.hasRemaining()) {
        throw malformed(in.remaining() + " bytes too many");
      }
      return message;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new MalformedMessageException("message is cut off", e);
    }
  }

  private static MalformedMessageException malformed(String what) {
    return new MalformedMessageException("not a message: " + what, null);
  }

  private Message read(int type) throws MalformedMessageException {
    return switch (type) {
      case MessageType.BEAT -> new Message.Beat(i64(), i64());
      case MessageType.BEAT_ANSWER -> new Message.BeatAnswer(i64(), i64());
      case MessageType.APPEND -> append();
      case MessageType.APPEND_ANSWER ->
          new Message.AppendAnswer(target(), stream(), i64(), status(), i64(), i64());
      case MessageType.SEAL -> new Message.Seal(i64(), i64(), i64(), list(this::target));
      case MessageType.SEAL_ANSWER ->
          new Message.SealAnswer(i64(), i64(), i64(), list(this::sealedDisk));
      case MessageType.BASE ->
          new Message.BaseRequest(
              i64(), target(), i64(), new Base(stream(), i64(), point(), i64(), in.get() == 1));
      case MessageType.BASE_ANSWER -> new Message.BaseAnswer(i64(), status(), list(this::version));
      case MessageType.READ ->
          new Message.ReadRequest(
              i64(), target(), stream(), point(), block(), in.getInt(), in.getInt());
      case MessageType.READ_ANSWER -> new Message.ReadAnswer(i64(), status(), payload());
      case MessageType.BLOCK ->
          new Message.BlockRequest(i64(), target(), stream(), point(), block());
      case MessageType.BLOCK_ANSWER ->
          new Message.BlockAnswer(
              i64(), status(), in.get() == 1 ? Optional.of(image()) : Optional.empty());
      case MessageType.INVENTORY ->
          new Message.InventoryRequest(i64(), target(), stream(), point());
      case MessageType.INVENTORY_ANSWER ->
          new Message.InventoryAnswer(i64(), status(), list(this::version));
      case MessageType.VERIFY ->
          new Message.VerifyRequest(i64(), target(), stream(), point(), block(), in.get() == 1);
      case MessageType.VERIFY_ANSWER ->
          new Message.VerifyAnswer(
              i64(), status(), in.get() == 1 ? Optional.of(report()) : Optional.empty());
      case MessageType.CLIENT ->
          new Message.ClientRequest(
              i64(),
              i64(),
              i64(),
              i64(),
              i64(),
              pick(Message.Operation.values()),
              i64(),
              in.getInt(),
              payload());
      case MessageType.CLIENT_ANSWER ->
          new Message.ClientAnswer(i64(), i64(), i64(), i64(), status(), payload());
      case MessageType.LAYERS ->
          new Message.LayersRequest(
              i64(),
              target(),
              stream(),
              point(),
              list(() -> new Message.LayerView(i64(), in.getInt())),
              in.getInt(),
              in.getInt(),
              in.getInt());
      case MessageType.LAYERS_ANSWER ->
          new Message.LayersAnswer(i64(), status(), i64(), i64(), payload());
      case MessageType.ORIGIN -> new Message.OriginRequest(i64(), i64(), i64(), i64(), in.getInt());
      case MessageType.ORIGIN_ANSWER -> new Message.OriginAnswer(i64(), status(), payload());
      case MessageType.UNITS ->
          new Message.UnitsRequest(
              i64(), target(), stream(), point(), list(this::i64), in.getInt());
      case MessageType.UNITS_ANSWER ->
          new Message.UnitsAnswer(
              i64(), status(), list(() -> new Message.LayerUnits(i64(), i64())));
      case MessageType.EXTENTS ->
          new Message.ExtentsRequest(i64(), i64(), i64(), i64(), in.getInt(), in.getInt());
      case MessageType.EXTENTS_ANSWER -> new Message.ExtentsAnswer(i64(), status(), payload());
      case MessageType.RESERVATION ->
          new Message.ReservationQuestion(i64(), i64(), i64(), in.get() == 1);
      case MessageType.RESERVATION_ANSWER -> new Message.ReservationAnswer(i64(), status(), i64());
      default -> throw malformed("type " + type);
    };
  }

  private Message append() throws MalformedMessageException {
    Target target = target();
    StreamKey stream = stream();
    long epoch = i64();
    long watermark = i64();
    return new Message.Append(
        target,
        stream,
        epoch,
        watermark,
        list(() -> new Entry(stream, new Point(epoch, i64()), i64(), change())));
  }

  private Change change() throws MalformedMessageException {
    int type = in.get();
    return switch (type) {
      case MessageType.CHANGE_WRITE -> new Change.Write(block(), in.getInt(), payload());
      case MessageType.CHANGE_PARITY ->
          new Change.Parity(block(), in.getInt(), payload(), in.getInt(), payload());
      case MessageType.CHANGE_ZERO -> new Change.Zero(block(), in.getInt(), in.getInt());
      case MessageType.CHANGE_NOTHING -> new Change.Nothing();
      case MessageType.CHANGE_COPY -> {
        BlockImage image = image();
        BlockVersion version = image.version();
        yield new Change.Copy(
            version.block(),
            version.version(),
            version.groupEpoch(),
            version.units(),
            image.data());
      }
      case MessageType.CHANGE_REMOVE -> new Change.Remove(block());
      default -> throw malformed("change " + type);
    };
  }

  private Message.SealedDisk sealedDisk() throws MalformedMessageException {
    return new Message.SealedDisk(target(), status(), list(this::streamState));
  }

  private StreamState streamState() throws MalformedMessageException {
    return new StreamState(stream(), point(), point(), list(this::point));
  }

  private BlockImage image() throws MalformedMessageException {
    return new BlockImage(version(), payload());
  }

  private BlockReport report() throws MalformedMessageException {
    BlockVersion version = version();
    BitSet damaged = new BitSet();
    for (int page : list(in::getInt)) {
      damaged.set(Objects.checkIndex(page, Geometry.PAGES_PER_BLOCK));
    }
    ByteBuffer checksums = payload();
    int present = Collections.frequency(version.units(), UnitState.PRESENT);
    if (checksums.remaining() != present * Geometry.PAGES_PER_UNIT * Integer.BYTES) {
      throw malformed("checksums of " + checksums.remaining() + " bytes");
    }
    return new BlockReport(version, checksums, damaged, payload());
  }

  private BlockVersion version() throws MalformedMessageException {
    return new BlockVersion(block(), point(), i64(), units());
  }

  private List<UnitState> units() throws MalformedMessageException {
    List<UnitState> units = new ArrayList<>(64);
    for (int word = 0; word < 2; word++) {
      long bits = i64();
      for (int i = 0; i < 32; i++) {
        int state = (int) (bits >>> (2 * i)) & 3;
        if (state >= UNIT_STATES.length) {
          throw malformed("unit state " + state);
        }
        units.add(UNIT_STATES[state]);
      }
    }
    return units;
  }

  private <T> List<T> list(Element<T> element) throws MalformedMessageException {
    int count = in.getInt();
    if (count < 0 || count > in.remaining()) {
      throw malformed("list of " + count);
    }
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(element.read());
    }
    return elements;
  }

  private ByteBuffer payload() throws MalformedMessageException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw malformed("payload of " + length);
    }
    ByteBuffer data = in.slice(in.position(), length);
    in.position(in.position() + length);
    return data;
  }

  private Status status() throws MalformedMessageException {
    return pick(Status.values());
  }

  private <T> T pick(T[] values) throws MalformedMessageException {
    int ordinal = in.get();
    if (ordinal < 0 || ordinal >= values.length) {
      throw malformed("choice " + ordinal);
    }
    return values[ordinal];
  }

  private long i64() {
    return in.getLong();
  }

  private Target target() {
    return new Target(new UUID(i64(), i64()), i64());
  }

  private StreamKey stream() {
    return new StreamKey(i64(), i64());
  }

  private Point point() {
    return new Point(i64(), i64());
  }

  private BlockKey block() {
    return new BlockKey(i64(), in.getInt());
  }
}
