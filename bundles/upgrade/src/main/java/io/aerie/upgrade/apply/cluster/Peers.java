package io.aerie.upgrade.apply.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import io.aerie.upgrade.apply.node.PackageStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Asks other nodes, and answers them: docs/upgrade.md has the messages. */
public final class Peers {
  private static final String FACTS = "upgrade-facts";
  private static final String PACKAGE = "upgrade-package";
  private static final int CHUNK_BYTES = 512 << 10;
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Messages messages;

  /** Over the cluster's messages. */
  public Peers(Messages messages) {
    this.messages = messages;
  }

  /**
   * Answers as long as the subscription is open.
   *
   * @param executor where files are read
   */
  public Subscription answer(Supplier<NodeFacts> facts, PackageStore store, Executor executor) {
    Subscription told =
        messages.handle(
            FACTS,
            (from, body) -> CompletableFuture.supplyAsync(() -> facts.get().toBytes(), executor));
    Subscription given =
        messages.handle(
            PACKAGE,
            (from, body) -> CompletableFuture.supplyAsync(() -> chunk(store, body), executor));
    return () -> {
      told.close();
      given.close();
    };
  }

  private static byte[] chunk(PackageStore store, byte[] body) {
    try {
      JsonNode wanted = MAPPER.readTree(body);
      return store.read(
          wanted.path("sha256").asText(), wanted.path("offset").asLong(), CHUNK_BYTES);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "That asks for no package", e.toString(), "", e);
    }
  }

  /** What nodes tell of themselves; empty for those that don't answer. */
  public CompletableFuture<Map<NodeId, Optional<NodeFacts>>> facts(List<NodeId> nodes) {
    Map<NodeId, CompletableFuture<Optional<NodeFacts>>> asked = new TreeMap<>();
    nodes.forEach(node -> asked.put(node, facts(node)));
    return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              Map<NodeId, Optional<NodeFacts>> told = new TreeMap<>();
              asked.forEach((node, answer) -> told.put(node, answer.join()));
              return told;
            });
  }

  private CompletableFuture<Optional<NodeFacts>> facts(NodeId node) {
    return messages
        .request(node, FACTS, new byte[0], ANSWER)
        .thenApply(
            answer -> {
              try {
                return Optional.of(NodeFacts.parse(answer));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            })
        .exceptionally(unreachable -> Optional.empty());
  }

  /** The file of a package as another node gives it; reading waits for its answers. */
  public InputStream open(NodeId node, String sha256) {
    return new InputStream() {
      private byte[] chunk = new byte[0];
      private int position;
      private long offset;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int start, int length) throws IOException {
        if (position == chunk.length) {
          chunk = next();
          position = 0;
          offset += chunk.length;
        }
        int count = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, bytes, start, count);
        position += count;
        return count == 0 && length > 0 ? -1 : count;
      }

      private byte[] next() throws IOException {
        byte[] wanted =
            MAPPER
                .createObjectNode()
                .put("sha256", sha256)
                .put("offset", offset)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        try {
          return Waiting.on(messages.request(node, PACKAGE, wanted, ANSWER), ANSWER);
        } catch (AerieException e) {
          throw new IOException(e.describe(), e);
        }
      }
    };
  }
}
