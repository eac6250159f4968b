package io.aerie.cluster.testing;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.identity.TlsMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The names, ports, certificates and folders of nodes {@code n1} to {@code nN} on loopback; starts
 * nothing. The first is the founder.
 */
public final class TestCluster {
  private final String clusterId = UUID.randomUUID().toString();
  private final Path folder;
  private final Map<NodeId, Member> members = new LinkedHashMap<>();
  private final Map<NodeId, TlsMaterial> tls = new LinkedHashMap<>();
  private final LeavingNodes leaving = new LeavingNodes();
  private final TestNetwork network = new TestNetwork();

  /** Draws free ports and makes certificates. */
  public TestCluster(Path folder, int nodes) throws IOException, GeneralSecurityException {
    this.folder = folder;
    TestCertificates certificates = new TestCertificates();
    Deque<Integer> ports = freePorts(nodes * Service.values().length);
    for (int i = 1; i <= nodes; i++) {
      NodeId id = node(i);
      Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
      for (Service service : Service.values()) {
        endpoints.put(service, new Endpoint("127.0.0.1", ports.remove()));
      }
      members.put(id, new Member(id, endpoints));
      tls.put(id, certificates.issue(id.value(), folder.resolve(id.value()).resolve("tls")));
    }
  }

  /** The id of a node, counted from 1. */
  public static NodeId node(int number) {
    return new NodeId("n" + number);
  }

  /** The messages between these nodes. */
  public TestNetwork network() {
    return network;
  }

  /** A node that knows the given others. */
  public TestNode identity(NodeId id, List<NodeId> seeds) {
    return new TestNode(
        clusterId,
        members.get(id),
        seeds.stream().map(members::get).toList(),
        id.equals(node(1)),
        tls.get(id),
        folder.resolve(id.value()),
        leaving);
  }

  /** Nodes that are being removed, as all nodes know; may be changed. */
  public LeavingNodes leaving() {
    return leaving;
  }

  /** Takes a stopped node's data away, as somebody who pulls its disk and puts in a new one. */
  public void setAside(NodeId id) throws IOException {
    Files.move(data(id), folder.resolve(id.value()).resolve("aside"));
  }

  /** Puts the data back that was set aside, in place of what came after it. */
  public void bringBack(NodeId id) throws IOException {
    wipe(id);
    Files.move(folder.resolve(id.value()).resolve("aside"), data(id));
  }

  /** Where a node keeps its data. */
  public Path data(NodeId id) {
    return folder.resolve(id.value()).resolve("data");
  }

  /** Deletes all data of a stopped node but its certificate, as a replaced disk would. */
  public void wipe(NodeId id) throws IOException {
    try (Stream<Path> files = Files.walk(data(id))) {
      files.sorted(Comparator.reverseOrder()).forEach(TestCluster::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Holds all ports open until the last is drawn, so that no two are equal. */
  private static Deque<Integer> freePorts(int count) throws IOException {
    Deque<ServerSocket> sockets = new ArrayDeque<>();
    Deque<Integer> ports = new ArrayDeque<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return ports;
  }
}
