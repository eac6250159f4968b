package io.aerie.ardfs.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.netty.buffer.Unpooled;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whoever connects says who it is, in a form that can't be mistaken. */
class HelloTest {
  private final Hello hello = new Hello(Hello.VERSION, UUID.randomUUID(), new NodeId("n1"));

  @Test
  void shouldReadWhatItWrote() {
    assertThat(Hello.decode(hello.encode())).contains(hello);
  }

  @Test
  void shouldTellWhatIsNone() {
    assertThat(Hello.decode(Unpooled.wrappedBuffer(new byte[3]))).isEmpty();
    assertThat(Hello.decode(Unpooled.wrappedBuffer(new byte[64]))).isEmpty();
    assertThat(Hello.decode(hello.encode().setByte(25, '/'))).isEmpty();
    assertThat(Hello.decode(Unpooled.wrappedBuffer(hello.encode(), Unpooled.buffer().writeByte(1))))
        .isEmpty();
  }
}
