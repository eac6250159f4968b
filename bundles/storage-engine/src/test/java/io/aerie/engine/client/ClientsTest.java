package io.aerie.engine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.Environment;
import io.aerie.engine.node.StorageNode;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Whoever asked an incarnation for something hears of its end, whenever he asked. */
class ClientsTest {
  private final Ports ports = new Ports();
  private final StorageNode node =
      new StorageNode(ports, new NodeId("n1"), 1, new RcdState(), why -> {});

  @Test
  void shouldFailWhatIsAskedOfAnAttachmentAfterTheIncarnationIsOver() {
    Answer<VolumeClient> opened = new Answer<>();
    node.open(7, "client", opened);
    ports.answerRcd(3);
    Answer<ByteBuffer> before = new Answer<>();
    opened.value.read(0, 0, before);
    assertThat(before.value.remaining()).isZero();
    node.stop();
    Answer<ByteBuffer> read = new Answer<>();
    opened.value.read(0, 4096, read);
    Answer<Void> written = new Answer<>();
    opened.value.write(0, ByteBuffer.allocate(4096), written);
    ports.run();
    assertThat(read.code()).isEqualTo(ErrorCode.FENCED);
    assertThat(written.code()).isEqualTo(ErrorCode.FENCED);
  }

  @Test
  void shouldFailAnAttachmentThatRcdHasNotAnsweredWhenTheIncarnationEnds() {
    Answer<VolumeClient> opened = new Answer<>();
    node.open(7, "client", opened);
    node.stop();
    ports.answerRcd(3);
    ports.run();
    assertThat(opened.code()).isEqualTo(ErrorCode.FENCED);
  }

  private static final class Answer<T> implements Completion<T> {
    private final List<Throwable> failures = new ArrayList<>();
    private T value;

    @Override
    public void accept(T result, Throwable failure) {
      value = result;
      failures.add(failure);
    }

    ErrorCode code() {
      assertThat(failures).hasSize(1);
      return ((AerieException) failures.get(0)).code();
    }
  }

  /** A node's outside that does what it is told. */
  private static final class Ports implements Environment {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private Completion<byte[]> rcd;

    void answerRcd(long number) {
      rcd.accept(new RcdAnswer(Optional.empty(), number, 0, 0, List.of()).encode(), null);
    }

    void run() {
      List<Runnable> due = List.copyOf(tasks);
      tasks.clear();
      due.forEach(Runnable::run);
    }

    @Override
    public long nowNanos() {
      return 0;
    }

    @Override
    public long wallMillis() {
      return 0;
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
      tasks.add(task);
      return () -> tasks.remove(task);
    }

    @Override
    public void send(NodeId to, Message message) {}

    @Override
    public void submitToRcd(byte[] command, Completion<byte[]> done) {
      rcd = done;
    }

    @Override
    public boolean rcdLeader() {
      return false;
    }

    @Override
    public long random() {
      return 1;
    }

    @Override
    public void event(String text) {}

    @Override
    public void defect(String text) {
      throw new AssertionError(text);
    }
  }
}
