package io.aerie.configdb.copies;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.copies.CopyDisks;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What copies need of a node, which outlives each opening of ConfigDB: disks and other nodes.
 *
 * @param others all known members but this one
 */
public record CopyRoom(
    Supplier<Optional<CopyDisks>> disks, CopyPeers peers, Supplier<Collection<NodeId>> others) {
  /** What the key is derived for; another name would be another key. */
  private static final String PURPOSE = "configdb-copies-1";

  /** For an open ConfigDB. */
  public record Open(CopyKeeper keeper, ConfigRebuild rebuild) {}

  /** Makes what an open ConfigDB has. */
  public Open open(
      ClusterIdentity identity,
      ReplicatedConfigStore store,
      ConfigStateMachine state,
      SecureRandom random) {
    CopySurvey survey = new CopySurvey(identity.self().id(), peers, others);
    CopyCodec codec = new CopyCodec(identity.secret(PURPOSE), random);
    Clock clock = Clock.systemUTC();
    return new Open(
        new CopyKeeper(store, state, disks, survey, codec, clock),
        new StoreRebuild(store, survey, codec, clock));
  }

  /** The way to found ConfigDB again. */
  public FoundingAnew founding(Path data) {
    return new FoundingAnew(data, peers);
  }
}
