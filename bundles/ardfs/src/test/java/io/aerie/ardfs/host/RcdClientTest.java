package io.aerie.ardfs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.storage.admin.StorageViews.NodeView;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What another node made the moment before is found here, though this replica is behind. */
class RcdClientTest {
  private static final NodeId NODE = new NodeId("n1");
  private static final RcdCommand JOIN = join(NODE);
  private static final RcdCommand JOIN_OTHER = join(new NodeId("n2"));

  private final TestLog log = new TestLog();
  private final RcdClient client = new RcdClient(log);

  private static RcdCommand join(NodeId node) {
    return new RcdCommand.JoinNode(node, "here", 1, new UUID(1, 1));
  }

  private CompletableFuture<Optional<NodeView>> look() {
    return client.look(log.replica, storage -> storage.node(NODE));
  }

  @Test
  void shouldWaitUntilTheReplicaHasWhatTheLeaderHad() {
    log.carryOut(JOIN);
    CompletableFuture<Optional<NodeView>> found = look();
    assertThat(found).isNotDone();
    log.deliver();
    assertThat(found.join()).isPresent();
  }

  @Test
  void shouldTellThatThereIsNoneOnlyWhenTheLeaderHasNone() {
    assertThat(look().join()).isEmpty();
  }

  @Test
  void shouldAskNobodyForWhatIsHere() {
    log.silent = true;
    log.carryOut(JOIN);
    log.deliver();
    assertThat(look().join()).isPresent();
  }

  /** The last node is what is looked for. */
  private CompletableFuture<String> use(Function<NodeId, CompletableFuture<String>> use) {
    return client.use(
        log.replica,
        storage -> storage.nodes().stream().map(NodeView::id).max(Comparator.naturalOrder()),
        () -> new AerieException(ErrorCode.NOT_FOUND, "none"),
        use);
  }

  @Test
  void shouldUseWhatHasTheNameNowWhenWhatThisReplicaShowedIsGone() {
    log.carryOut(JOIN);
    log.deliver();
    log.carryOut(JOIN_OTHER);
    CompletableFuture<String> used =
        use(
            found ->
                found.equals(NODE)
                    ? CompletableFuture.failedFuture(
                        new CompletionException(new AerieException(ErrorCode.NOT_FOUND, "gone")))
                    : CompletableFuture.completedFuture("used " + found));
    assertThat(used).isNotDone();
    log.deliver();
    assertThat(used.join()).isEqualTo("used n2");
  }

  @Test
  void shouldNotUseTwiceWhatIsThereStill() {
    log.carryOut(JOIN);
    log.deliver();
    AerieException failure = new AerieException(ErrorCode.NOT_FOUND, "its disk");
    assertThatThrownBy(() -> use(found -> CompletableFuture.failedFuture(failure)).join())
        .hasCause(failure);
  }

  @Test
  void shouldFailWhenNobodyCanTell() {
    log.silent = true;
    assertThat(look()).isCompletedExceptionally();
  }
}
