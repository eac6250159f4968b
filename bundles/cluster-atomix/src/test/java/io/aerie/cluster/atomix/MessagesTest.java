package io.aerie.cluster.atomix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.testing.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: each way in which a request can end, seen by its sender as the contract has it. */
class MessagesTest {
  private static final NodeId N1 = TestCluster.node(1);
  private static final NodeId N2 = TestCluster.node(2);
  private static final Duration PATIENT = Duration.ofSeconds(15);

  @TempDir Path folder;
  private RunningNodes nodes;
  private Messages n1;
  private Messages n2;

  @BeforeEach
  void start() throws Exception {
    nodes = new RunningNodes(folder, 2);
    n2 = nodes.start(N2, List.of()).messages();
    n1 = nodes.start(N1, List.of(N2)).messages();
  }

  @AfterEach
  void stop() throws Exception {
    nodes.close();
  }

  private byte[] ask(NodeId to, String subject, byte[] body, Duration timeout) throws Exception {
    try {
      return n1.request(to, subject, body, timeout).get(60, SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AerieException known ? known : e;
    }
  }

  private AerieException refusal(NodeId to, String subject, byte[] body, Duration timeout) {
    Throwable thrown = catchThrowable(() -> ask(to, subject, body, timeout));
    assertThat(thrown).isInstanceOf(AerieException.class);
    return (AerieException) thrown;
  }

  private static CompletableFuture<byte[]> text(String text) {
    return CompletableFuture.completedFuture(text.getBytes(UTF_8));
  }

  @Test
  void shouldAnswerWithTheSendersName() throws Exception {
    try (Subscription remote =
            n2.handle("greet", (from, body) -> text(from + new String(body, UTF_8)));
        Subscription local = n1.handle("greet", (from, body) -> text("self " + from))) {
      assertThat(new String(ask(N2, "greet", "!".getBytes(UTF_8), PATIENT), UTF_8))
          .isEqualTo("n1!");
      assertThat(new String(ask(N1, "greet", new byte[0], PATIENT), UTF_8)).isEqualTo("self n1");
    }
    assertThat(refusal(N2, "greet", new byte[0], PATIENT).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void shouldCarryAHandlersErrorWhole() throws Exception {
    AerieException error =
        new AerieException(ErrorCode.IN_USE, "It is in use", "By someone.", "Wait.");
    try (Subscription thrown =
            n2.handle(
                "throws",
                (from, body) -> {
                  throw error;
                });
        Subscription failed =
            n2.handle("fails", (from, body) -> CompletableFuture.failedFuture(error));
        Subscription bug =
            n2.handle(
                "bug",
                (from, body) -> {
                  throw new IllegalStateException("oops");
                })) {
      for (String subject : List.of("throws", "fails")) {
        AerieException seen = refusal(N2, subject, new byte[0], PATIENT);
        assertThat(seen.describe()).isEqualTo(error.describe());
      }
      assertThat(refusal(N2, "bug", new byte[0], PATIENT).code()).isEqualTo(ErrorCode.INTERNAL);
    }
  }

  @Test
  void shouldRefuseUnknownSubjectsAndMembers() {
    assertThat(refusal(N2, "nobody", new byte[0], PATIENT).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refusal(new NodeId("n9"), "nobody", new byte[0], PATIENT).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void shouldTimeOutWhenNoAnswerComes() {
    CompletableFuture<byte[]> never = new CompletableFuture<>();
    try (Subscription silent = n2.handle("silent", (from, body) -> never)) {
      assertThat(refusal(N2, "silent", new byte[0], Duration.ofMillis(300)).code())
          .isEqualTo(ErrorCode.TIMED_OUT);
    }
  }

  @Test
  void shouldFailWhenTheMemberIsDown() throws Exception {
    nodes.stop(N2);
    assertThat(refusal(N2, "any", new byte[0], PATIENT).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void shouldCarryOneMebibyteAndNoMore() throws Exception {
    byte[] largest = new byte[AtomixMessages.BODY_MAX];
    largest[largest.length - 1] = 7;
    byte[] tooLarge = new byte[AtomixMessages.BODY_MAX + 1];
    try (Subscription echo =
            n2.handle("echo", (from, body) -> CompletableFuture.completedFuture(body));
        Subscription grow =
            n2.handle("grow", (from, body) -> CompletableFuture.completedFuture(tooLarge))) {
      assertThat(ask(N2, "echo", largest, PATIENT)).isEqualTo(largest);
      assertThat(refusal(N2, "echo", tooLarge, PATIENT).code()).isEqualTo(ErrorCode.TOO_LARGE);
      assertThat(refusal(N2, "grow", new byte[0], PATIENT).code()).isEqualTo(ErrorCode.TOO_LARGE);
    }
  }
}
