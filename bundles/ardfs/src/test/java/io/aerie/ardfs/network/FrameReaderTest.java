package io.aerie.ardfs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bodies come out as they went in, however the connection cuts them. */
class FrameReaderTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new FrameReader());

  @Test
  void shouldGiveBodiesWholeHoweverTheyAreCut() {
    Random random = new Random(1);
    List<byte[]> bodies = new ArrayList<>();
    ByteBuf wire = Unpooled.buffer();
    for (int bytes : new int[] {0, 1, 3, 4, 5, 1000, 70_000, 0, 2}) {
      byte[] body = new byte[bytes];
      random.nextBytes(body);
      bodies.add(body);
      wire.writeInt(bytes).writeBytes(body);
    }
    while (wire.isReadable()) {
      int count = Math.min(wire.readableBytes(), 1 + random.nextInt(700));
      channel.writeInbound(wire.readBytes(count)); // whether it completed a frame is chance
    }
    for (byte[] body : bodies) {
      ByteBuffer received = channel.readInbound();
      assertThat(received).isEqualTo(ByteBuffer.wrap(body));
    }
    assertThat(channel.inboundMessages()).isEmpty();
  }

  @Test
  void shouldReleaseWhatItRead() {
    ByteBuf wire = Unpooled.buffer().writeInt(2).writeShort(7);
    assertThat(channel.writeInbound(wire)).isTrue();
    assertThat(wire.refCnt()).isZero();
  }

  @Test
  void shouldRefuseAFrameThatNobodySends() {
    for (int bytes : new int[] {-1, Frames.BODY_BYTES_MAX + 1}) {
      EmbeddedChannel fresh = new EmbeddedChannel(new FrameReader());
      assertThatThrownBy(() -> fresh.writeInbound(Unpooled.buffer().writeInt(bytes).writeByte(1)))
          .isInstanceOf(TooLongFrameException.class);
      assertThat(fresh.inboundMessages()).isEmpty();
    }
  }
}
