package io.aerie.ardfs.admin;

import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.cluster.messages.Messages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
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
 * How much of each disk is used, on every node without asking when a list is shown: each node tells
 * the others what its disks have, now and then. An observation, a few seconds old; never a basis
 * for a decision about data.
 *
 * <pre>
 *   message: i32 count | (i64 i64 disk | i64 used bytes) ...
 * </pre>
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
  private final Supplier<CompletableFuture<Map<UUID, Long>>> own;
  private final Map<UUID, Long> used = new ConcurrentHashMap<>();
  private final Subscription handler;
  private final ScheduledFuture<?> telling;

  public UsageExchange(
      Messages messages,
      Membership membership,
      Supplier<CompletableFuture<Map<UUID, Long>>> own,
      ScheduledExecutorService timer) {
    this.messages = messages;
    this.membership = membership;
    this.own = own;
    this.handler = messages.handle(SUBJECT, this::told);
    this.telling = timer.scheduleWithFixedDelay(this::tell, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Used bytes by disk, as far as known. */
  public Map<UUID, Long> used() {
    return Map.copyOf(used);
  }

  private CompletableFuture<byte[]> told(NodeId from, byte[] body) {
    used.putAll(decode(body));
    return CompletableFuture.completedFuture(new byte[0]);
  }

  private void tell() {
    own.get()
        .whenComplete(
            (mine, failure) -> {
              if (failure != null) {
                log.debug("own usage is not known now", failure);
                return;
              }
              used.putAll(mine);
              byte[] body = encode(mine);
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

  private static byte[] encode(Map<UUID, Long> usage) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(usage.size());
      for (Map.Entry<UUID, Long> disk : usage.entrySet()) {
        out.writeLong(disk.getKey().getMostSignificantBits());
        out.writeLong(disk.getKey().getLeastSignificantBits());
        out.writeLong(disk.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Map<UUID, Long> decode(byte[] body) {
    Map<UUID, Long> usage = new HashMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        usage.put(new UUID(in.readLong(), in.readLong()), in.readLong());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return usage;
  }

  @Override
  public void close() {
    telling.cancel(false);
    handler.close();
  }
}
