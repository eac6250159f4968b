package io.aerie.configdb.move;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import io.aerie.configdb.state.LogName;
import io.aerie.configdb.store.Futures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What nodes tell each other of the log that carries ConfigDB. Fields that a newer release adds are
 * let through.
 *
 * <pre>
 *  {}      {"generation":N,"log":"PROVIDER:NAME","open":B,"providers":[P],"ready":"PROVIDER:NAME"|null,
 *           "coordinates":B,"keepsFormer":B}
 * </pre>
 */
public final class LogPeers {
  private static final String SUBJECT = "configdb.log";
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<Status> own;
  private Messages messages;
  private Subscription handling;

  /**
   * A node as it is.
   *
   * @param generation of its log
   * @param log that carries ConfigDB there
   * @param open whether it is open
   * @param providers that are there
   * @param ready the log that a move goes to, when it is open there and has all members
   * @param coordinates whether a move is under way that this node began
   * @param keepsFormer whether it still has the log before
   */
  public record Status(
      long generation,
      LogName log,
      boolean open,
      Set<String> providers,
      Optional<LogName> ready,
      boolean coordinates,
      boolean keepsFormer) {}

  /**
   * @param own how this node is; throws UNAVAILABLE while nobody knows
   */
  public LogPeers(Supplier<Status> own) {
    this.own = own;
  }

  /** Messages came: others may ask, and be asked. */
  public synchronized void bind(Messages newMessages) {
    messages = newMessages;
    handling =
        newMessages.handle(
            SUBJECT,
            (from, body) ->
                Futures.tried(() -> CompletableFuture.completedFuture(encode(own.get()))));
  }

  /** Messages went. */
  public synchronized void unbind(Messages oldMessages) {
    if (messages == oldMessages) {
      handling.close();
      messages = null;
    }
  }

  /** How another node is; UNAVAILABLE or TIMED_OUT when it doesn't tell. */
  CompletableFuture<Status> ask(NodeId node) {
    Messages present;
    synchronized (this) {
      present = messages;
    }
    return present == null
        ? CompletableFuture.failedFuture(
            new AerieException(ErrorCode.UNAVAILABLE, "the cluster's messages are not there yet"))
        : present.request(node, SUBJECT, new byte[] {'{', '}'}, LIMIT).thenApply(LogPeers::decode);
  }

  /**
   * How others are, those that answer.
   *
   * @return by node
   */
  CompletableFuture<Map<NodeId, Status>> askAll(Collection<NodeId> nodes) {
    Map<NodeId, Status> answers = new ConcurrentHashMap<>();
    return CompletableFuture.allOf(
            nodes.stream()
                .map(
                    node ->
                        ask(node)
                            .<Void>handle(
                                (status, failure) -> {
                                  if (failure == null) {
                                    answers.put(node, status);
                                  }
                                  return null;
                                }))
                .toArray(CompletableFuture[]::new))
        .thenApply(all -> answers);
  }

  private static byte[] encode(Status status) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("generation", status.generation())
            .put("log", status.log().toString())
            .put("open", status.open())
            .put("ready", status.ready().map(LogName::toString).orElse(null))
            .put("coordinates", status.coordinates())
            .put("keepsFormer", status.keepsFormer());
    ArrayNode providers = node.putArray("providers");
    status.providers().forEach(providers::add);
    try {
      return JSON.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Status decode(byte[] bytes) {
    try {
      JsonNode node = JSON.readTree(bytes);
      Set<String> providers = new TreeSet<>();
      node.path("providers").forEach(name -> providers.add(name.asText()));
      return new Status(
          node.path("generation").asLong(),
          LogName.parse(node.path("log").asText()),
          node.path("open").asBoolean(),
          providers,
          Optional.ofNullable(node.path("ready").textValue()).map(LogName::parse),
          node.path("coordinates").asBoolean(),
          node.path("keepsFormer").asBoolean());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
