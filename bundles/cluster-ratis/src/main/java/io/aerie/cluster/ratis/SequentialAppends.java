package io.aerie.cluster.ratis;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ProtoUtils;

/**
 * A Raft server that takes the appends of a log one at a time, whatever streams they come by.
 *
 * <p>A leader that waited too long for an answer opens another stream while a busy follower still
 * works at what came by the former. Ratis 3.3.0 refuses to append twice at once, but has counted
 * the second append as begun by then, and never counts it as done
 * (RaftServerImpl.appendEntriesAsync): a follower with an append that never ends doesn't stand for
 * election again. Where it alone had all that was committed, the log had no leader until that node
 * was restarted.
 */
final class SequentialAppends implements InvocationHandler {
  private static final String APPEND = "appendEntriesAsync";

  private final RaftServer server;

  /** One for each log of this node that was appended to. */
  private final Map<RaftGroupId, Object> turns = new ConcurrentHashMap<>();

  private SequentialAppends(RaftServer server) {
    this.server = server;
  }

  /** The same server, for those who bring it what other members send. */
  static RaftServer of(RaftServer server) {
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            new SequentialAppends(server));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals(APPEND)) {
      return append((AppendEntriesRequestProto) arguments[0]);
    }
    try {
      return method.invoke(server, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Ends when the entries are in the log's queue; their sync needs no turn. */
  private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
      throws IOException {
    RaftGroupId group = ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId());
    // A log that isn't there has no turn. For one that is being started Ratis would keep appends,
    // and carry them out when it likes: so its start is waited for.
    server.getDivision(group);
    synchronized (turns.computeIfAbsent(group, key -> new Object())) {
      return server.appendEntriesAsync(request);
    }
  }
}
