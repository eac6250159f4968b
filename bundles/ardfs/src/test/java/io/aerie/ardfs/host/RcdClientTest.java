package io.aerie.ardfs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import io.aerie.cluster.log.StateMachine;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
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
  private static final byte[] JOIN = join(NODE);
  private static final byte[] JOIN_OTHER = join(new NodeId("n2"));

  private final StateMachine leader = new RcdReplica().machine();
  private final RcdReplica replica = new RcdReplica();
  private final StateMachine machine = replica.machine();
  private final Log log = new Log();
  private final RcdClient client = new RcdClient(log);

  private static byte[] join(NodeId node) {
    return RcdCommands.encode(new RcdCommand.JoinNode(node, "here", 1, new UUID(1, 1)));
  }

  private CompletableFuture<Optional<NodeView>> look() {
    return client.look(replica, storage -> storage.node(NODE));
  }

  @Test
  void shouldWaitUntilTheReplicaHasWhatTheLeaderHad() {
    leader.apply(1, JOIN);
    CompletableFuture<Optional<NodeView>> found = look();
    assertThat(found).isNotDone();
    machine.apply(1, JOIN);
    assertThat(found.join()).isPresent();
  }

  @Test
  void shouldTellThatThereIsNoneOnlyWhenTheLeaderHasNone() {
    assertThat(look().join()).isEmpty();
  }

  @Test
  void shouldAskNobodyForWhatIsHere() {
    log.silent = true;
    machine.apply(1, JOIN);
    assertThat(look().join()).isPresent();
  }

  /** The last node is what is looked for. */
  private CompletableFuture<String> use(Function<NodeId, CompletableFuture<String>> use) {
    return client.use(
        replica,
        storage -> storage.nodes().stream().map(NodeView::id).max(Comparator.naturalOrder()),
        () -> new AerieException(ErrorCode.NOT_FOUND, "none"),
        use);
  }

  @Test
  void shouldUseWhatHasTheNameNowWhenWhatThisReplicaShowedIsGone() {
    machine.apply(1, JOIN);
    leader.apply(1, JOIN);
    leader.apply(2, JOIN_OTHER);
    CompletableFuture<String> used =
        use(
            found ->
                found.equals(NODE)
                    ? CompletableFuture.failedFuture(
                        new CompletionException(new AerieException(ErrorCode.NOT_FOUND, "gone")))
                    : CompletableFuture.completedFuture("used " + found));
    assertThat(used).isNotDone();
    machine.apply(2, JOIN_OTHER);
    assertThat(used.join()).isEqualTo("used n2");
  }

  @Test
  void shouldNotUseTwiceWhatIsThereStill() {
    machine.apply(1, JOIN);
    leader.apply(1, JOIN);
    AerieException failure = new AerieException(ErrorCode.NOT_FOUND, "its disk");
    assertThatThrownBy(() -> use(found -> CompletableFuture.failedFuture(failure)).join())
        .hasCause(failure);
  }

  @Test
  void shouldFailWhenNobodyCanTell() {
    log.silent = true;
    assertThat(look()).isCompletedExceptionally();
  }

  /** Answers queries as the leader. */
  private final class Log implements ReplicatedLog {
    private boolean silent;

    @Override
    public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
      return silent
          ? CompletableFuture.failedFuture(new AerieException(ErrorCode.TIMED_OUT, "no leader"))
          : CompletableFuture.completedFuture(leader.query(query));
    }

    @Override
    public CompletableFuture<byte[]> submit(byte[] command) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] queryLocal(byte[] query) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<StateFile> exportState() {
      throw new UnsupportedOperationException();
    }

    @Override
    public LogStatus status() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> removeMember(NodeId member) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException();
    }
  }
}
