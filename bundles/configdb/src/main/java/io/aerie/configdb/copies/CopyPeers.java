package io.aerie.configdb.copies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.copies.CopyDisks;
import io.aerie.config.copies.CopyDisks.Copy;
import java.io.ByteArrayOutputStream;
import java.lang.ref.SoftReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What nodes ask each other: whether they have data of ConfigDB, and copies on their disks. */
public final class CopyPeers {
  /** All disks of a node are read whole for it. */
  private static final Duration LIST_LIMIT = Duration.ofSeconds(60);

  private static final Duration READ_LIMIT = Duration.ofSeconds(20);
  private static final Duration HOLDS_LIMIT = Duration.ofSeconds(5);

  /** Half of what a message takes. */
  private static final int PART_BYTES = 512 * 1024;

  private final Supplier<Optional<CopyDisks>> disks;
  private final BooleanSupplier holds;
  private Messages messages;
  private Subscription handling;
  private SoftReference<Served> served = new SoftReference<>(null);

  /** What was asked for last: its other parts follow. */
  private record Served(UUID disk, long number, byte[] content) {}

  /**
   * @param disks of this node, while storage serves
   * @param holds whether this node has data of ConfigDB's log; UNAVAILABLE while nobody knows
   */
  public CopyPeers(Supplier<Optional<CopyDisks>> disks, BooleanSupplier holds) {
    this.disks = disks;
    this.holds = holds;
  }

  /** Messages came: others may ask, and be asked. */
  public synchronized void bind(Messages newMessages) {
    messages = newMessages;
    handling = newMessages.handle(CopyWire.SUBJECT, (from, body) -> answer(body));
  }

  /** Messages went. */
  public synchronized void unbind(Messages oldMessages) {
    if (messages == oldMessages) {
      handling.close();
      messages = null;
    }
  }

  private CompletableFuture<byte[]> answer(byte[] body) {
    try {
      JsonNode asked = CopyWire.parse(body);
      switch (asked.path("what").asText()) {
        case "holds":
          ObjectNode known = CopyWire.JSON.createObjectNode().put("holds", holds.getAsBoolean());
          return CompletableFuture.completedFuture(CopyWire.bytes(known));
        case "list":
          return own().thenApply(CopyWire::encode);
        case "read":
          return part(
              UUID.fromString(asked.path("disk").asText()),
              asked.path("number").asLong(),
              asked.path("offset").asInt());
        default:
          throw new AerieException(ErrorCode.INVALID_VALUE, "a question of another release");
      }
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<byte[]> part(UUID disk, long number, int offset) {
    Served last = lastServed();
    CompletableFuture<byte[]> content =
        last != null && last.disk().equals(disk) && last.number() == number && offset > 0
            ? CompletableFuture.completedFuture(last.content())
            : disks().read(disk, number);
    return content.thenApply(
        all -> {
          serve(new Served(disk, number, all));
          int from = Math.min(offset, all.length);
          return Arrays.copyOfRange(all, from, Math.min(all.length, from + PART_BYTES));
        });
  }

  private synchronized Served lastServed() {
    return served.get();
  }

  private synchronized void serve(Served now) {
    served = new SoftReference<>(now);
  }

  private CopyDisks disks() {
    return disks
        .get()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE, "Storage on this node does not serve now"));
  }

  /** Of this node's disks. */
  CompletableFuture<List<DiskCopies>> own() {
    try {
      return DiskCopies.list(disks());
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A copy of this node's. */
  CompletableFuture<byte[]> readOwn(UUID disk, long number) {
    try {
      return disks().read(disk, number);
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Of another node's disks. */
  CompletableFuture<List<DiskCopies>> list(NodeId node) {
    ObjectNode question = CopyWire.JSON.createObjectNode().put("what", "list");
    return ask(node, question, LIST_LIMIT).thenApply(CopyWire::decode);
  }

  /** A copy of another node, part by part. */
  CompletableFuture<byte[]> read(NodeId node, UUID disk, Copy copy) {
    return read(node, disk, copy, new ByteArrayOutputStream(copy.bytes()));
  }

  private CompletableFuture<byte[]> read(
      NodeId node, UUID disk, Copy copy, ByteArrayOutputStream so) {
    if (so.size() >= copy.bytes()) {
      return CompletableFuture.completedFuture(so.toByteArray());
    }
    ObjectNode question =
        CopyWire.JSON
            .createObjectNode()
            .put("what", "read")
            .put("disk", disk.toString())
            .put("number", copy.number())
            .put("offset", so.size());
    return ask(node, question, READ_LIMIT)
        .thenCompose(
            part -> {
              if (part.length == 0) {
                throw new AerieException(ErrorCode.NOT_FOUND, "the copy changed meanwhile");
              }
              so.writeBytes(part);
              return read(node, disk, copy, so);
            });
  }

  /** Whether another node has data of ConfigDB's log. */
  public CompletableFuture<Boolean> holds(NodeId node) {
    ObjectNode question = CopyWire.JSON.createObjectNode().put("what", "holds");
    return ask(node, question, HOLDS_LIMIT)
        .thenApply(answer -> CopyWire.parse(answer).path("holds").asBoolean(true));
  }

  private CompletableFuture<byte[]> ask(NodeId node, ObjectNode question, Duration limit) {
    Messages present;
    synchronized (this) {
      present = messages;
    }
    return present == null
        ? CompletableFuture.failedFuture(
            new AerieException(ErrorCode.UNAVAILABLE, "the cluster's messages are not there yet"))
        : present.request(node, CopyWire.SUBJECT, CopyWire.bytes(question), limit);
  }
}
