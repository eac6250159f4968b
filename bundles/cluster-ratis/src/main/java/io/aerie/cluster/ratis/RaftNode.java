package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.ClientFactory;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;

/**
 * This node's Raft server with the connections to others' servers, under one incarnation. Must be
 * used from {@link RatisThreads} only as far as it starts something.
 */
final class RaftNode implements AutoCloseable {
  private final RaftPeer self;
  private final RaftProperties properties;
  private final Map<RaftGroupId, StateMachineAdapter> machines = new ConcurrentHashMap<>();
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong nextCall = new AtomicLong(1);
  private final long leaderSilenceMillisMax;
  private final RaftServer server;
  private final RaftClientRpc client;

  RaftNode(ClusterIdentity identity, RatisSettings settings, LogFolders folders, Path root)
      throws IOException {
    Endpoint listen = identity.self().endpoint(Service.LOG);
    PeerName name = new PeerName(identity.self().id(), folders.incarnation());
    self = RaftPeer.newBuilder().setId(name.id()).setAddress(listen.toString()).build();
    properties = settings.properties(listen, root);
    leaderSilenceMillisMax = settings.leaderSilenceMillisMax();
    Parameters parameters = RatisSettings.parameters(identity.tls());
    server =
        RaftServer.newBuilder()
            .setServerId(self.getId())
            .setStateMachineRegistry(machines::get)
            .setProperties(properties)
            .setParameters(parameters)
            .build();
    client =
        ClientFactory.cast(SupportedRpcType.GRPC.newFactory(parameters))
            .newRaftClientRpc(clientId, properties);
    server.start();
  }

  RaftPeer self() {
    return self;
  }

  long leaderSilenceMillisMax() {
    return leaderSilenceMillisMax;
  }

  RaftServer server() {
    return server;
  }

  RaftClientRpc client() {
    return client;
  }

  ClientId clientId() {
    return clientId;
  }

  long nextCallId() {
    return nextCall.getAndIncrement();
  }

  /**
   * Starts a log's group in its own folder. Ratis takes one folder for all groups and starts all
   * that it finds there with the server, before their state machines are known; so the folder is
   * set for each group when it starts.
   */
  synchronized RaftServer.Division startGroup(
      RaftGroup group, Path folder, StateMachineAdapter machine) throws IOException {
    Files.createDirectories(folder);
    machines.put(group.getGroupId(), machine);
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
    try {
      RaftClientReply reply =
          server.groupManagement(
              GroupManagementRequest.newAdd(clientId, self.getId(), nextCallId(), group, false));
      if (!reply.isSuccess()) {
        throw reply.getException();
      }
      return server.getDivision(group.getGroupId());
    } catch (IOException | RuntimeException e) {
      machines.remove(group.getGroupId());
      throw e;
    }
  }

  /** Stops a log's group and leaves its data. */
  synchronized void stopGroup(RaftGroupId group) throws IOException {
    RaftClientReply reply =
        server.groupManagement(
            GroupManagementRequest.newRemove(
                clientId, self.getId(), nextCallId(), group, false, false));
    machines.remove(group);
    if (!reply.isSuccess()) {
      throw reply.getException();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      client.close();
    } finally {
      server.close();
    }
  }
}
