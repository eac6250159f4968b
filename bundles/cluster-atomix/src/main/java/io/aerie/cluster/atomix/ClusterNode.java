package io.aerie.cluster.atomix;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.atomix.log.AtomixLogProvider;
import io.aerie.cluster.atomix.log.LogSettings;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.identity.TlsMaterial;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.atomix.cluster.BootstrapService;
import io.atomix.cluster.Member;
import io.atomix.cluster.MemberId;
import io.atomix.cluster.discovery.NodeDiscoveryProvider;
import io.atomix.cluster.impl.DefaultClusterMembershipService;
import io.atomix.cluster.impl.DefaultNodeDiscoveryService;
import io.atomix.cluster.messaging.BroadcastService;
import io.atomix.cluster.messaging.MessagingConfig;
import io.atomix.cluster.messaging.MessagingService;
import io.atomix.cluster.messaging.UnicastService;
import io.atomix.cluster.messaging.impl.ConnectTimeLimit;
import io.atomix.cluster.messaging.impl.LiveTls;
import io.atomix.cluster.messaging.impl.NettyMessagingService;
import io.atomix.cluster.protocol.HeartbeatMembershipProtocol;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One node's share in the cluster, without OSGi: Atomix' parts put together by hand, because its
 * own builder listens on all interfaces and starts UDP services that TLS doesn't cover.
 *
 * <pre>
 *   Messages   ReplicatedLogProvider   Membership
 *        \        /                       |
 *     MessageTransport      DefaultClusterMembershipService (heartbeats)
 *              \                /              \
 *            NettyMessagingService (mutual TLS)  KnownMembers (file)
 * </pre>
 */
public final class ClusterNode {
  /** How often members are asked for a sign of life; a killed one is noticed at the next. */
  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  /** How long a heartbeat may take: a frozen member is noticed within this and one interval. */
  private static final Duration HEARTBEAT_LIMIT = Duration.ofMillis(1500);

  /** TCP and TLS on loopback take milliseconds; on a bad day of a real network, less than this. */
  private static final Duration CONNECT_LIMIT = Duration.ofMillis(2000);

  /** Connections to one member: subjects are spread over them, so one large body can't stop all. */
  private static final int CONNECTIONS = 4;

  /** Threads that hand over answers; each lives as long as its caller's code runs. */
  private static final int ANSWER_THREADS_MAX = 64;

  private final TlsMaterial tls;
  private final NettyMessagingService messaging;
  private final DefaultClusterMembershipService membershipService;
  private final AtomixMembership membership;
  private final AtomixMessages messages;
  private final AtomixLogProvider logs;
  private final ExecutorService answers;

  /** Puts a node together; nothing is started or bound yet. */
  public ClusterNode(ClusterIdentity identity) {
    this(identity, LogSettings.USUAL);
  }

  /** As above, for tests: with other settings of logs. */
  ClusterNode(ClusterIdentity identity, LogSettings settings) {
    io.aerie.cluster.identity.Member self = identity.self();
    KnownMembers known =
        new KnownMembers(
            identity.dataDirectory("cluster").resolve("members.properties"),
            self,
            identity.seeds());
    tls = identity.tls();
    messaging = messaging(identity);
    membership = new AtomixMembership(self, known);
    membershipService = membershipService(self, known, messaging);
    membershipService.addListener(event -> membership.observe(membershipService, event));
    answers =
        new ThreadPoolExecutor(
            0,
            ANSWER_THREADS_MAX,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "cluster-answers");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.CallerRunsPolicy());
    MessageTransport transport = new MessageTransport(messaging, known, self.id());
    messages = new AtomixMessages(transport, answers);
    logs = new AtomixLogProvider(transport, membershipService, identity, settings);
  }

  private static NettyMessagingService messaging(ClusterIdentity identity) {
    Endpoint endpoint = identity.self().endpoint(Service.CLUSTER);
    MessagingConfig config =
        new MessagingConfig()
            .setInterfaces(List.of(endpoint.host()))
            .setPort(endpoint.port())
            .setConnectionPoolSize(CONNECTIONS);
    NettyMessagingService service =
        new NettyMessagingService(
            identity.clusterId(), KnownMembersDiscovery.address(identity.self()), config);
    try {
      ConnectTimeLimit.apply(service, CONNECTIONS, CONNECT_LIMIT);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Atomix' messaging is not the one that this was written for", e);
    }
    return service;
  }

  private static DefaultClusterMembershipService membershipService(
      io.aerie.cluster.identity.Member self, KnownMembers known, MessagingService messaging) {
    BootstrapService bootstrap =
        new TlsOnlyServices(new TimedMessaging(messaging, HEARTBEAT_LIMIT));
    NodeDiscoveryProvider discovery = new KnownMembersDiscovery(known, self);
    Member local =
        Member.builder()
            .withId(MemberId.from(self.id().value()))
            .withAddress(KnownMembersDiscovery.address(self))
            .withProperties(MemberProperties.write(self))
            .build();
    return new DefaultClusterMembershipService(
        local,
        null,
        new DefaultNodeDiscoveryService(bootstrap, local, discovery),
        bootstrap,
        HeartbeatMembershipProtocol.builder().withHeartbeatInterval(HEARTBEAT).build());
  }

  /** Binds the endpoint and begins to look for the others; complete when it listens. */
  public CompletableFuture<Void> start() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // Kryo and Netty look for classes through it
    thread.setContextClassLoader(NettyMessagingService.class.getClassLoader());
    try {
      return LiveTls.start(messaging, tls.keyManager(), tls.trustManager())
          .thenCompose(started -> membershipService.start())
          .<Void>thenApply(started -> null)
          .exceptionally(
              error -> {
                throw new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "The cluster's messaging could not start at " + messaging.address(),
                    String.valueOf(Causes.of(error).getMessage()),
                    "See whether another process has the port.",
                    error);
              });
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Atomix' messaging is not the one that this was written for", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  public Membership membership() {
    return membership;
  }

  public Messages messages() {
    return messages;
  }

  public ReplicatedLogProvider logs() {
    return logs;
  }

  /** Closes all logs, then stops. */
  public CompletableFuture<Void> stop() {
    logs.close();
    return membershipService
        .stop()
        .thenCompose(
            stopped -> {
              QuickStop.prepare(messaging);
              return messaging.stop();
            })
        .whenComplete((stopped, error) -> answers.shutdown());
  }

  /**
   * Only messaging over TLS; UDP and multicast, which Atomix would take in the clear, are absent.
   */
  private record TlsOnlyServices(MessagingService messaging) implements BootstrapService {
    @Override
    public MessagingService getMessagingService() {
      return messaging;
    }

    @Override
    public UnicastService getUnicastService() {
      throw new UnsupportedOperationException("no UDP between members");
    }

    @Override
    public BroadcastService getBroadcastService() {
      throw new UnsupportedOperationException("no multicast between members");
    }
  }
}
