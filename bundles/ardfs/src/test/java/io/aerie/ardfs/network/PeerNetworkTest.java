package io.aerie.ardfs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.network.PeerEncryption.Library;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.TlsMaterial;
import io.aerie.cluster.testing.TestCertificates;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Two ends on loopback: messages arrive whole and in order, and strangers are refused. */
class PeerNetworkTest {
  private static final NodeId ONE = new NodeId("n1");
  private static final NodeId TWO = new NodeId("n2");

  @TempDir private Path folder;
  private final NioEventLoopGroup group = new NioEventLoopGroup(1);
  private final EventLoop loop = group.next();
  private final Map<NodeId, Endpoint> endpoints = new ConcurrentHashMap<>();
  private final BlockingQueue<ByteBuffer> received = new LinkedBlockingQueue<>();
  private final UUID cluster = UUID.randomUUID();
  private PeerNetwork one;
  private PeerNetwork two;

  private PeerNetwork network(NodeId self, UUID ofCluster) {
    return network(self, ofCluster, Optional.empty());
  }

  private PeerNetwork network(NodeId self, UUID ofCluster, Optional<PeerEncryption> encryption) {
    return new PeerNetwork(
        new PeerNetwork.Settings(
            ofCluster, self, encryption, node -> Optional.ofNullable(endpoints.get(node))),
        loop,
        (from, message) -> received.add(message));
  }

  /** Sends as the engine does: on the loop. */
  private void send(PeerNetwork from, NodeId to, ByteBuffer... parts) {
    loop.submit(() -> from.send(to, parts)).syncUninterruptibly();
  }

  private static Endpoint freeEndpoint() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Endpoint("127.0.0.1", socket.getLocalPort());
    }
  }

  private void connect(UUID clusterOfOne) throws Exception {
    connect(network(ONE, clusterOfOne), network(TWO, cluster));
  }

  private void connect(PeerNetwork sender, PeerNetwork listener) throws Exception {
    one = sender;
    two = listener;
    endpoints.put(TWO, freeEndpoint());
    two.listen(endpoints.get(TWO));
  }

  /** Nothing arrives of the one, who sends first, and what the friend sends does. */
  private void assertOnlyHeard(PeerNetwork friend) throws Exception {
    send(one, TWO, ByteBuffer.allocate(8));
    ByteBuffer marker = ByteBuffer.allocate(3);
    send(friend, TWO, marker);
    ByteBuffer first = received.poll(10, TimeUnit.SECONDS);
    friend.close();
    assertThat(first).isEqualTo(marker);
    assertThat(received).isEmpty();
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void shouldDeliverMessagesWholeAndInOrder() throws Exception {
    connect(cluster);
    for (int i = 0; i < 200; i++) {
      ByteBuffer head = ByteBuffer.allocate(4).putInt(0, i);
      ByteBuffer body = ByteBuffer.allocate(i * 100).put(0, new byte[i * 100]);
      send(one, TWO, head, body);
    }
    for (int i = 0; i < 200; i++) {
      ByteBuffer message = received.poll(10, TimeUnit.SECONDS);
      assertThat(message).as("message %d", i).isNotNull();
      assertThat(message.getInt(0)).isEqualTo(i);
      assertThat(message.remaining()).isEqualTo(4 + i * 100);
    }
  }

  private Optional<PeerEncryption> encryption(
      TestCertificates authority, NodeId node, Library library) throws Exception {
    TlsMaterial tls = authority.issue(node.value(), folder.resolve(node.value() + library));
    return Optional.of(PeerEncryption.of(tls, library));
  }

  /** The two ends may differ: a node's library is its own affair. */
  @ParameterizedTest
  @CsvSource({
    "BORING_SSL, BORING_SSL",
    "BORING_SSL, JDK",
    "JDK, BORING_SSL",
    "JDK, JDK",
  })
  void shouldDeliverEncryptedMessages(Library client, Library listener) throws Exception {
    TestCertificates authority = new TestCertificates();
    connect(
        network(ONE, cluster, encryption(authority, ONE, client)),
        network(TWO, cluster, encryption(authority, TWO, listener)));
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    for (int i = 0; i < 20; i++) {
      send(one, TWO, ByteBuffer.allocate(4).putInt(0, i), ByteBuffer.wrap(content));
    }
    for (int i = 0; i < 20; i++) {
      ByteBuffer message = received.poll(10, TimeUnit.SECONDS);
      assertThat(message).as("message %d", i).isNotNull();
      assertThat(message.getInt()).isEqualTo(i);
      assertThat(message).isEqualTo(ByteBuffer.wrap(content));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldHearNobodyOfAnotherAuthority(Library library) throws Exception {
    TestCertificates authority = new TestCertificates();
    connect(
        network(ONE, cluster, encryption(new TestCertificates(), ONE, library)),
        network(TWO, cluster, encryption(authority, TWO, library)));
    NodeId three = new NodeId("n3");
    assertOnlyHeard(network(three, cluster, encryption(authority, three, library)));
  }

  @Test
  void shouldRefuseToSendFromAnotherThread() throws Exception {
    connect(cluster);
    assertThatThrownBy(() -> one.send(TWO, ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRefuseAnotherCluster() throws Exception {
    connect(UUID.randomUUID());
    assertOnlyHeard(network(new NodeId("n3"), cluster));
  }

  @Test
  void shouldDropWhatNobodyTakesAndReachAPeerThatComesLater() throws Exception {
    connect(cluster);
    NodeId three = new NodeId("n3");
    endpoints.put(three, freeEndpoint());
    send(one, three, ByteBuffer.allocate(1));
    PeerNetwork late = network(three, cluster);
    late.listen(endpoints.get(three));
    ByteBuffer message = null;
    for (int attempt = 0; message == null && attempt < 100; attempt++) {
      send(one, three, ByteBuffer.allocate(2));
      message = received.poll(100, TimeUnit.MILLISECONDS);
    }
    late.close();
    assertThat(message).isNotNull();
    assertThat(message.remaining()).isLessThanOrEqualTo(2);
  }
}
