package io.aerie.cluster.node.departure;

import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.Keys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the others whether this node was removed, for as long as it has no part in ConfigDB's log:
 * one that was learns it from nobody else, since members refuse its certificate, and tell it
 * nothing. REST asks for none.
 *
 * <pre>
 *  GET https://HOST:PORT/api/v1/cluster/members/removed?key=SHA-256&amp;serial=HEX
 *  200 {"removed": ISO 8601}, else it wasn't, as far as that member knows
 * </pre>
 *
 * An answer counts if it comes from a member under this node's CA that wasn't removed itself.
 */
public final class RemovalInquiry implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RemovalInquiry.class);

  /** Who starts or loses its leader is back as a rule before it asks. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);
  private static final int OK = 200;

  private final StoredIdentity identity;
  private final Supplier<Optional<ReplicatedLog>> configLog;
  private final Consumer<RemovedNode> self;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "aerie-removal-inquiry");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param configLog this node's replica of ConfigDB's log while it is open
   * @param self told when this node was removed
   */
  public RemovalInquiry(
      StoredIdentity identity,
      Supplier<Optional<ReplicatedLog>> configLog,
      Consumer<RemovedNode> self) {
    this.identity = identity;
    this.configLog = configLog;
    this.self = self;
  }

  /** Begins to look every few seconds whether there is something to ask. */
  public void start() {
    var unused =
        executor.scheduleWithFixedDelay(
            this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks once, if there is something to ask; never fails. */
  public void look() {
    try {
      if (configLog.get().map(present -> isOutside(present.status())).orElse(true)) {
        ask().ifPresent(self);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // a timer whose task throws stops for good
      log.warn("Whether this node was removed can't be asked now; asked again", e);
    }
  }

  private boolean isOutside(LogStatus status) {
    return status.role() == Role.CLOSED
        || status.role() == Role.JOINING
        || status.leader().isEmpty()
        || !status.members().contains(identity.self().id());
  }

  private Optional<RemovedNode> ask() throws InterruptedException {
    X509Certificate own = identity.certificate();
    String query =
        "key="
            + Keys.fingerprint(own.getPublicKey().getEncoded())
            + "&serial="
            + own.getSerialNumber().toString(16);
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(identity.tls().context())
            .connectTimeout(ANSWER_LIMIT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    for (Member member : identity.seeds()) {
      Endpoint rest = member.endpoints().get(Service.REST);
      Optional<Instant> when = rest == null ? Optional.empty() : ask(client, rest, query);
      if (when.isPresent()) {
        return Optional.of(new RemovedNode(identity.self().id(), when.get(), Set.of(), Set.of()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> ask(HttpClient client, Endpoint rest, String query)
      throws InterruptedException {
    String host = rest.host().contains(":") ? "[" + rest.host() + "]" : rest.host();
    URI uri =
        URI.create(
            "https://" + host + ":" + rest.port() + "/api/v1/cluster/members/removed?" + query);
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT).GET().build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == OK
          ? Optional.of(Instant.parse(MemberJson.text(MemberJson.parse(answer.body()), "removed")))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      log.debug("{} doesn't tell whether this node was removed", uri.getAuthority(), e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
