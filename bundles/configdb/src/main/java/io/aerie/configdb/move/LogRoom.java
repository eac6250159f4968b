package io.aerie.configdb.move;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.configdb.state.LogName;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What logs need of a node, which outlives each opening of ConfigDB.
 *
 * @param self this node
 * @param providers those that are there now, by name
 * @param file which log carries ConfigDB here
 * @param peers the other nodes
 * @param others all known members but this one
 */
public record LogRoom(
    NodeId self,
    Supplier<Map<String, ReplicatedLogProvider>> providers,
    LogRecordFile file,
    LogPeers peers,
    Supplier<Collection<NodeId>> others) {

  /** The provider of a log; UNAVAILABLE while it is away. */
  public ReplicatedLogProvider provider(LogName log) {
    ReplicatedLogProvider provider = providers.get().get(log.provider());
    if (provider == null) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE,
          "the provider '" + log.provider() + "' of ConfigDB's log is not there yet");
    }
    return provider;
  }
}
