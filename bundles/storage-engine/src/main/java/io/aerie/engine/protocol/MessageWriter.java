package io.aerie.engine.protocol;

import io.aerie.engine.protocol.Message.Append;
import io.aerie.engine.protocol.Message.AppendAnswer;
import io.aerie.engine.protocol.Message.BaseAnswer;
import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.protocol.Message.Beat;
import io.aerie.engine.protocol.Message.BeatAnswer;
import io.aerie.engine.protocol.Message.BlockAnswer;
import io.aerie.engine.protocol.Message.BlockRequest;
import io.aerie.engine.protocol.Message.ClientAnswer;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.ExtentsAnswer;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.protocol.Message.InventoryAnswer;
import io.aerie.engine.protocol.Message.InventoryRequest;
import io.aerie.engine.protocol.Message.LayersAnswer;
import io.aerie.engine.protocol.Message.LayersRequest;
import io.aerie.engine.protocol.Message.OriginAnswer;
import io.aerie.engine.protocol.Message.OriginRequest;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.protocol.Message.ReadRequest;
import io.aerie.engine.protocol.Message.ReservationAnswer;
import io.aerie.engine.protocol.Message.ReservationQuestion;
import io.aerie.engine.protocol.Message.Seal;
import io.aerie.engine.protocol.Message.SealAnswer;
import io.aerie.engine.protocol.Message.SealedDisk;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.protocol.Message.UnitsAnswer;
import io.aerie.engine.protocol.Message.UnitsRequest;
import io.aerie.engine.protocol.Message.VerifyAnswer;
import io.aerie.engine.protocol.Message.VerifyRequest;
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
import java.util.List;
import java.util.UUID;

/**
 * Writes a message: all numbers big-endian.
 *
 * <pre>
 * u8 version | u8 type ({@link MessageType}) | the record's fields in their order
 * number: i64, or i32 for pages, lengths, indexes and counts | status, operation, change: u8
 * target: uuid, i64 generation | stream: i64 volume, i64 group | point: i64 epoch, i64 sequence
 * block: i64 layer, i32 index | units: 64 x 2 bits, 16 bytes | list: i32 count, elements
 * payload: i32 length, bytes
 * append: target, stream, i64 epoch, i64 watermark, i32 count, entries of
 *         i64 sequence, i64 group epoch, u8 change, its fields
 * report: version, list of damaged pages (i32), payload of checksums, payload of content
 * </pre>
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
final class MessageWriter {
  private static final int HEADER_BYTES = 256;

  private final List<ByteBuffer> done = new ArrayList<>();
  private ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);

  ByteBuffer[] buffers() {
    closeHead();
    return done.toArray(new ByteBuffer[0]);
  }

  MessageWriter write(Message message) {
    u8(MessageType.VERSION);
    if (message instanceof Append m) {
      u8(MessageType.APPEND).target(m.target()).stream(m.stream()).i64(m.epoch());
      i64(m.watermark()).i32(m.entries().size());
      m.entries().forEach(this::entry);
    } else if (message instanceof AppendAnswer m) {
      u8(MessageType.APPEND_ANSWER).target(m.target()).stream(m.stream()).i64(m.epoch());
      status(m.status()).i64(m.held()).i64(m.next());
    } else if (message instanceof ClientRequest m) {
      u8(MessageType.CLIENT).i64(m.volume()).i64(m.epoch()).i64(m.generation()).i64(m.number());
      i64(m.lowest()).u8(m.operation().ordinal()).i64(m.offset()).i32(m.length());
      payload(m.data());
    } else if (message instanceof ClientAnswer m) {
      u8(MessageType.CLIENT_ANSWER).i64(m.volume()).i64(m.epoch()).i64(m.generation());
      i64(m.number()).status(m.status()).payload(m.data());
    } else if (message instanceof ReadRequest m) {
      u8(MessageType.READ).i64(m.request()).target(m.target()).stream(m.stream());
      point(m.watermark()).block(m.block()).i32(m.firstPage()).i32(m.pageCount());
    } else if (message instanceof ReadAnswer m) {
      u8(MessageType.READ_ANSWER).i64(m.request()).status(m.status()).payload(m.data());
    } else if (message instanceof Beat m) {
      u8(MessageType.BEAT).i64(m.incarnation()).i64(m.sentNanos());
    } else if (message instanceof BeatAnswer m) {
      u8(MessageType.BEAT_ANSWER).i64(m.incarnation()).i64(m.sentNanos());
    } else {
      writeRare(message);
    }
    return this;
  }

  private void writeRare(Message message) {
    if (message instanceof Seal m) {
      u8(MessageType.SEAL).i64(m.request()).i64(m.volume()).i64(m.epoch());
      i32(m.targets().size());
      m.targets().forEach(this::target);
    } else if (message instanceof SealAnswer m) {
      u8(MessageType.SEAL_ANSWER).i64(m.request()).i64(m.volume()).i64(m.epoch());
      i32(m.disks().size());
      m.disks().forEach(this::sealedDisk);
    } else if (message instanceof BaseRequest m) {
      u8(MessageType.BASE).i64(m.request()).target(m.target()).i64(m.groupEpoch());
      stream(m.base().stream()).i64(m.base().epoch()).point(m.base().kept()).i64(m.base().first());
      u8(m.base().returning() ? 1 : 0);
    } else if (message instanceof BaseAnswer m) {
      u8(MessageType.BASE_ANSWER).i64(m.request()).status(m.status()).versions(m.inventory());
    } else if (message instanceof BlockRequest m) {
      u8(MessageType.BLOCK).i64(m.request()).target(m.target()).stream(m.stream());
      point(m.watermark()).block(m.block());
    } else if (message instanceof BlockAnswer m) {
      u8(MessageType.BLOCK_ANSWER).i64(m.request()).status(m.status());
      u8(m.image().isPresent() ? 1 : 0);
      m.image().ifPresent(this::image);
    } else if (message instanceof InventoryRequest m) {
      u8(MessageType.INVENTORY).i64(m.request()).target(m.target()).stream(m.stream());
      point(m.watermark());
    } else if (message instanceof InventoryAnswer m) {
      u8(MessageType.INVENTORY_ANSWER).i64(m.request()).status(m.status()).versions(m.blocks());
    } else if (message instanceof VerifyRequest m) {
      u8(MessageType.VERIFY).i64(m.request()).target(m.target()).stream(m.stream());
      point(m.watermark()).block(m.block()).u8(m.withLastUnit() ? 1 : 0);
    } else if (message instanceof VerifyAnswer m) {
      u8(MessageType.VERIFY_ANSWER).i64(m.request()).status(m.status());
      u8(m.report().isPresent() ? 1 : 0);
      m.report().ifPresent(this::report);
    } else if (message instanceof ReservationQuestion m) {
      u8(MessageType.RESERVATION).i64(m.request()).i64(m.volume()).i64(m.index());
      u8(m.settled() ? 1 : 0);
    } else if (message instanceof ReservationAnswer m) {
      u8(MessageType.RESERVATION_ANSWER).i64(m.request()).status(m.status()).i64(m.index());
    } else {
      writeOfLayers(message);
    }
  }

  private void writeOfLayers(Message message) {
    if (message instanceof LayersRequest m) {
      u8(MessageType.LAYERS).i64(m.request()).target(m.target()).stream(m.stream());
      point(m.watermark()).i32(m.layers().size());
      m.layers().forEach(view -> i64(view.layer()).i32(view.endPage()));
      i32(m.index()).i32(m.firstPage()).i32(m.pageCount());
    } else if (message instanceof LayersAnswer m) {
      u8(MessageType.LAYERS_ANSWER).i64(m.request()).status(m.status()).i64(m.below());
      i64(m.absent()).payload(m.data());
    } else if (message instanceof OriginRequest m) {
      u8(MessageType.ORIGIN).i64(m.request()).i64(m.volume()).i64(m.snapshot());
      i64(m.offset()).i32(m.length());
    } else if (message instanceof OriginAnswer m) {
      u8(MessageType.ORIGIN_ANSWER).i64(m.request()).status(m.status()).payload(m.data());
    } else if (message instanceof UnitsRequest m) {
      u8(MessageType.UNITS).i64(m.request()).target(m.target()).stream(m.stream());
      point(m.watermark()).i32(m.layers().size());
      m.layers().forEach(this::i64);
      i32(m.index());
    } else if (message instanceof UnitsAnswer m) {
      u8(MessageType.UNITS_ANSWER).i64(m.request()).status(m.status()).i32(m.layers().size());
      m.layers().forEach(units -> i64(units.held()).i64(units.present()));
    } else if (message instanceof ExtentsRequest m) {
      u8(MessageType.EXTENTS).i64(m.request()).i64(m.volume()).i64(m.snapshot()).i64(m.since());
      i32(m.index()).i32(m.count());
    } else if (message instanceof ExtentsAnswer m) {
      u8(MessageType.EXTENTS_ANSWER).i64(m.request()).status(m.status()).payload(m.units());
    } else {
      throw new IllegalArgumentException("unknown message " + message);
    }
  }

  private void entry(Entry entry) {
    i64(entry.point().sequence()).i64(entry.groupEpoch());
    Change change = entry.change();
    if (change instanceof Change.Write c) {
      u8(MessageType.CHANGE_WRITE).block(c.block()).i32(c.firstPage()).payload(c.data());
    } else if (change instanceof Change.Parity c) {
      u8(MessageType.CHANGE_PARITY).block(c.block()).i32(c.firstPage()).payload(c.data());
      i32(c.firstSumPage()).payload(c.sums());
    } else if (change instanceof Change.Zero c) {
      u8(MessageType.CHANGE_ZERO).block(c.block()).i32(c.firstPage()).i32(c.pageCount());
    } else if (change instanceof Change.Nothing) {
      u8(MessageType.CHANGE_NOTHING);
    } else if (change instanceof Change.Copy c) {
      u8(MessageType.CHANGE_COPY);
      image(
          new BlockImage(
              new BlockVersion(c.block(), c.version(), c.groupEpoch(), c.units()), c.data()));
    } else if (change instanceof Change.Remove c) {
      u8(MessageType.CHANGE_REMOVE).block(c.block());
    } else {
      throw new IllegalArgumentException("unknown change " + change);
    }
  }

  private void sealedDisk(SealedDisk disk) {
    target(disk.target()).status(disk.status()).i32(disk.streams().size());
    for (StreamState state : disk.streams()) {
      stream(state.stream()).point(state.last()).point(state.watermark());
      i32(state.history().size());
      state.history().forEach(this::point);
    }
  }

  private void image(BlockImage image) {
    version(image.version());
    payload(image.data());
  }

  private void report(BlockReport report) {
    version(report.version());
    i32(report.damaged().cardinality());
    report.damaged().stream().forEach(this::i32);
    payload(report.checksums());
    payload(report.content());
  }

  private void versions(List<BlockVersion> versions) {
    i32(versions.size());
    versions.forEach(this::version);
  }

  private void version(BlockVersion version) {
    block(version.block()).point(version.version()).i64(version.groupEpoch());
    units(version.units());
  }

  private void units(List<UnitState> units) {
    for (int word = 0; word < 2; word++) {
      long bits = 0;
      for (int i = 0; i < 32; i++) {
        bits |= (long) units.get(word * 32 + i).ordinal() << (2 * i);
      }
      i64(bits);
    }
  }

  private MessageWriter target(Target target) {
    UUID disk = target.disk();
    return i64(disk.getMostSignificantBits())
        .i64(disk.getLeastSignificantBits())
        .i64(target.generation());
  }

  private MessageWriter stream(StreamKey stream) {
    return i64(stream.volume()).i64(stream.group());
  }

  private MessageWriter point(Point point) {
    return i64(point.epoch()).i64(point.sequence());
  }

  private MessageWriter block(BlockKey block) {
    return i64(block.layer()).i32(block.index());
  }

  private MessageWriter status(Status status) {
    return u8(status.ordinal());
  }

  private void payload(ByteBuffer data) {
    i32(data.remaining());
    if (data.hasRemaining()) {
      closeHead();
      done.add(data.asReadOnlyBuffer());
    }
  }

  private void closeHead() {
    if (head.position() > 0) {
      done.add(head.flip());
      head = ByteBuffer.allocate(HEADER_BYTES);
    }
  }

  private MessageWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  private MessageWriter i32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  private MessageWriter i64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (head.remaining() < bytes) {
      closeHead();
    }
    return head;
  }
}
