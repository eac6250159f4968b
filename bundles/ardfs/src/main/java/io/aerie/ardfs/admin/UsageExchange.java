package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.DiskReport;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.cluster.messages.Messages;
import io.aerie.engine.node.NodeStatus.Quarantined;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each disk has, on every node without asking when a list is shown: each node tells the others
 * the {@link DiskReport} of its disks, now and then. An observation, a few seconds old; never a
 * basis for a decision about data.
 */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
public final class UsageExchange implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UsageExchange.class);

  private static final String SUBJECT = "ardfs/usage";
  private static final long PERIOD_SECONDS = 3;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Messages messages;
  private final Membership membership;
  private final Supplier<CompletableFuture<DiskReport>> own;
  private final Map<UUID, Long> used = new ConcurrentHashMap<>();
  private final Map<NodeId, List<Quarantined>> quarantined = new ConcurrentHashMap<>();
  private final Subscription handler;
  private final ScheduledFuture<?> telling;

  public UsageExchange(
      Messages messages,
      Membership membership,
      Supplier<CompletableFuture<DiskReport>> own,
      ScheduledExecutorService timer) {
    this.messages = messages;
    this.membership = membership;
    this.own = own;
    this.handler = messages.handle(SUBJECT, this::told);
    this.telling = timer.scheduleWithFixedDelay(this::round, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Used bytes by disk, as far as known. */
  public Map<UUID, Long> used() {
    return Map.copyOf(used);
  }

  /** What disks hold of volumes that are not known, by node, as far as known. */
  public Map<NodeId, List<Quarantined>> quarantined() {
    return Map.copyOf(quarantined);
  }

  private CompletableFuture<byte[]> told(NodeId from, byte[] body) {
    keep(from, DiskReport.decode(body));
    return CompletableFuture.completedFuture(new byte[0]);
  }

  /** Of nodes that are away the last is kept. */
  private void keep(NodeId node, DiskReport report) {
    used.putAll(report.usedBytes());
    quarantined.put(node, report.quarantined());
  }

  /** A timer doesn't come again for who throws. */
  private void round() {
    try {
      tell();
    } catch (RuntimeException e) {
      log.warn("Usage could not be told; the next round will", e);
    }
  }

  private void tell() {
    own.get()
        .whenComplete(
            (mine, failure) -> {
              if (failure != null) {
                log.debug("own usage is not known now", failure);
                return;
              }
              keep(membership.self().id(), mine);
              byte[] body = mine.encode();
              for (MemberView member : membership.members()) {
                if (member.reachable() && !member.member().equals(membership.self())) {
                  send(member.member().id(), body);
                }
              }
            });
  }

  private void send(NodeId to, byte[] body) {
    messages
        .request(to, SUBJECT, body, TIMEOUT)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                log.debug("{} was not told of our usage; the next round will", to, failure);
              }
            });
  }

  @Override
  public void close() {
    telling.cancel(false);
    handler.close();
  }
}
