package io.aerie.configdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.identity.TlsMaterial;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.users.UserDirectory;
import io.aerie.configdb.copies.CopyPeers;
import io.aerie.configdb.copies.CopyRoom;
import io.aerie.configdb.move.LogPeers;
import io.aerie.configdb.move.LogRecord;
import io.aerie.configdb.move.LogRecordFile;
import io.aerie.configdb.move.LogRoom;
import io.aerie.configdb.schema.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ConfigDB's life on a node: services come when it is ready and go with it. */
@Timeout(60)
class ConfigDbNodeTest {
  private final MemoryReplicatedLogProvider provider = new MemoryReplicatedLogProvider();
  private final AtomicInteger withdrawn = new AtomicInteger();
  private final CompletableFuture<UserDirectory> published = new CompletableFuture<>();
  private final CopyPeers peers = new CopyPeers(Optional::empty, () -> false);
  @TempDir private Path folder;

  private AutoCloseable publish(ConfigDbNode.Services services) {
    published.complete(services.users());
    return withdrawn::incrementAndGet;
  }

  private record Identity(Path data, boolean founder, List<Member> seeds)
      implements ClusterIdentity {
    @Override
    public String clusterId() {
      return "7b7c3c4e-0000-4000-8000-000000000000";
    }

    @Override
    public Member self() {
      return member("n1");
    }

    @Override
    public TlsMaterial tls() {
      throw new UnsupportedOperationException("ConfigDB needs no keys");
    }

    @Override
    public byte[] secret(String purpose) {
      return new byte[32];
    }

    @Override
    public Path dataDirectory(String name) {
      return data.resolve(name);
    }
  }

  private static Member member(String name) {
    return new Member(new NodeId(name), Map.of(Service.REST, new Endpoint("127.0.0.1", 1)));
  }

  private ConfigDbNode node(boolean founder, List<Member> seeds) {
    return new ConfigDbNode(
        new Identity(folder, founder, seeds),
        "atomix",
        new LogRoom(
            new NodeId("n1"),
            () -> Map.of("atomix", provider),
            new LogRecordFile(folder.resolve("configdb")),
            new LogPeers(
                () -> {
                  throw new IllegalStateException("nobody asks");
                }),
            List::of),
        new SchemaRegistry(),
        new CopyRoom(Optional::empty, peers, List::of),
        this::publish);
  }

  @Test
  void shouldPublishItsServicesOnceTheFirstUserExists() throws Exception {
    ConfigDbNode node = node(true, List.of());
    node.open().get(30, TimeUnit.SECONDS);
    List<String> lines = Files.readAllLines(folder.resolve("first-password"));
    UserDirectory users = published.get(30, TimeUnit.SECONDS);
    assertThat(users.authenticate("admin", lines.get(1).toCharArray(), "192.0.2.1")).isPresent();
    node.close();
    node.close();
    assertThat(withdrawn).hasValue(1);
  }

  @Test
  void shouldFindItsUsersAgainWhenTheProviderWasSwapped() throws Exception {
    ConfigDbNode first = node(true, List.of());
    first.open().get(30, TimeUnit.SECONDS);
    first.close();
    byte[] password = Files.readAllBytes(folder.resolve("first-password"));
    ConfigDbNode second = node(true, List.of());
    second.open().get(30, TimeUnit.SECONDS);
    assertThat(folder.resolve("first-password")).hasBinaryContent(password);
    assertThat(published.get().users()).hasSize(1);
    second.close();
  }

  @Test
  void shouldNotFoundASecondConfigDbWhenAFounderLostItsDataButKnowsMembers() {
    ConfigDbNode node = node(true, List.of(member("n2")));
    assertThat(node.open()).failsWithin(30, TimeUnit.SECONDS);
    node.close();
    assertThat(published).isNotDone();
    assertThat(folder.resolve("first-password")).doesNotExist();
  }

  /** The other node answers, or doesn't, by the cluster's messages. */
  private void bindMessages(boolean othersHold, boolean reachable) {
    peers.bind(
        new Messages() {
          @Override
          public CompletableFuture<byte[]> request(
              NodeId to, String subject, byte[] body, Duration timeout) {
            return reachable
                ? CompletableFuture.completedFuture(
                    ("{\"holds\":" + othersHold + "}").getBytes(StandardCharsets.UTF_8))
                : CompletableFuture.failedFuture(
                    new AerieException(ErrorCode.UNAVAILABLE, "it is down"));
          }

          @Override
          public Subscription handle(String subject, Handler handler) {
            return () -> {};
          }
        });
  }

  @Test
  void shouldFoundAnewWhenToldAndNobodyHasData() throws Exception {
    Files.writeString(folder.resolve("found-configdb"), "");
    bindMessages(false, true);
    ConfigDbNode node = node(false, List.of(member("n2")));
    node.open().get(30, TimeUnit.SECONDS);
    List<String> lines = Files.readAllLines(folder.resolve("rebuild-password"));
    UserDirectory users = published.get(30, TimeUnit.SECONDS);
    assertThat(users.authenticate("admin", lines.get(1).toCharArray(), "192.0.2.1")).isPresent();
    assertThat(folder.resolve("found-configdb")).doesNotExist();
    assertThat(folder.resolve("found-configdb.done")).exists();
    node.close();
  }

  @Test
  void shouldNotFoundAnewWhileAnotherNodeHasData() throws Exception {
    Files.writeString(folder.resolve("found-configdb"), "");
    bindMessages(true, true);
    ConfigDbNode node = node(false, List.of(member("n2")));
    assertThat(node.open()).failsWithin(30, TimeUnit.SECONDS);
    node.close();
    assertThat(provider.holds(LogRecord.FIRST_NAME)).isFalse();
    assertThat(folder.resolve("found-configdb.refused")).exists();
  }

  @Test
  void shouldNotFoundAnewWhileNobodyKnowsUnlessToldToGoWithout() throws Exception {
    Files.writeString(folder.resolve("found-configdb"), "");
    bindMessages(false, false);
    ConfigDbNode node = node(false, List.of(member("n2")));
    assertThat(node.open()).failsWithin(30, TimeUnit.SECONDS);
    node.close();
    assertThat(provider.holds(LogRecord.FIRST_NAME)).isFalse();
    assertThat(folder.resolve("found-configdb")).exists();

    Files.writeString(folder.resolve("found-configdb"), "without n2\n");
    ConfigDbNode told = node(false, List.of(member("n2")));
    told.open().get(30, TimeUnit.SECONDS);
    assertThat(published).isDone();
    told.close();
  }

  @Test
  void shouldPublishNothingWhenItWasClosedBeforeItWasOpen() throws Exception {
    ConfigDbNode node = node(true, List.of());
    node.close();
    node.open().get(30, TimeUnit.SECONDS);
    assertThat(published).isNotDone();
  }
}
