package io.aerie.iscsi.server;

import io.aerie.iscsi.scsi.Outcome;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.nio.ByteBuffer;

/** Answers to SCSI commands: Data-In and SCSI Response, RFC 7143, sections 11.4 and 11.7. */
final class Answers {
  private static final int OVERFLOW = 0x04;
  private static final int UNDERFLOW = 0x02;
  private static final int WITH_STATUS = 0x01;

  private final Connection connection;
  private final Parameters parameters;

  Answers(Connection connection, Parameters parameters) {
    this.connection = connection;
    this.parameters = parameters;
  }

  /**
   * Sends data and status.
   *
   * @param sent runs on the loop when the last has left or never will
   */
  void send(Task task, Outcome outcome, Runnable sent) {
    ByteBuffer data = outcome.data();
    int expected = task.expectedBytes();
    int given = task.reads() ? Math.min(data.remaining(), expected) : 0;
    long actual = actualBytes(task, outcome);
    ChannelFuture last =
        given > 0
            ? sendData(task, data.slice(data.position(), given), actual)
            : sendStatus(task, outcome, actual);
    ChannelFuture unused = last.addListener(done -> sent.run());
  }

  /** What the command itself transfers, bytes. */
  private static long actualBytes(Task task, Outcome outcome) {
    if (outcome.status() != Outcome.GOOD || task.work() == null) {
      return 0;
    }
    return task.work().outBytes() > 0 ? task.work().outBytes() : outcome.data().remaining();
  }

  private static int residualFlags(long actual, int expected) {
    return actual > expected ? OVERFLOW : actual < expected ? UNDERFLOW : 0;
  }

  private ChannelFuture sendData(Task task, ByteBuffer data, long actual) {
    ByteBuf all = Unpooled.wrappedBuffer(data);
    int length = all.readableBytes();
    int number = 0;
    int leftInBurst = parameters.maxBurstBytes();
    ChannelFuture last = null;
    for (int at = 0; at < length; number++) {
      int part = Math.min(Math.min(parameters.sendSegmentBytes(), leftInBurst), length - at);
      boolean ends = at + part == length;
      leftInBurst -= part;
      Header header = Header.of(Opcodes.DATA_IN, ends || leftInBurst == 0 ? Opcodes.FINAL : 0);
      header.u64(8, task.lun()).u32(16, task.tag()).u32(20, Opcodes.NO_TAG);
      header.u32(36, number).u32(40, at);
      ByteBuf piece = all.retainedSlice(at, part);
      if (ends) {
        int flags = residualFlags(actual, task.expectedBytes());
        header.u8(1, Opcodes.FINAL | WITH_STATUS | flags).u8(3, Outcome.GOOD);
        header.u32(44, (int) Math.abs(actual - task.expectedBytes()));
        last = connection.sendWatched(header, piece);
      } else {
        connection.sendUnnumbered(header, piece);
      }
      at += part;
      leftInBurst = leftInBurst == 0 ? parameters.maxBurstBytes() : leftInBurst;
    }
    all.release();
    return last;
  }

  private ChannelFuture sendStatus(Task task, Outcome outcome, long actual) {
    int expected = task.reads() || task.writes() ? task.expectedBytes() : 0;
    Header header =
        Header.of(Opcodes.SCSI_RESPONSE, Opcodes.FINAL | residualFlags(actual, expected));
    header.u8(3, outcome.status()).u32(16, task.tag());
    header.u32(44, (int) Math.abs(actual - expected));
    ByteBuf sense = null;
    if (outcome.sense() != null) {
      byte[] bytes = outcome.sense().toBytes();
      sense = Unpooled.buffer(2 + bytes.length).writeShort(bytes.length).writeBytes(bytes);
    }
    return connection.sendWatched(header, sense);
  }
}
