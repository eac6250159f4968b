package io.aerie.upgrade.apply.exchange;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.ConfigStore;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.block.BlockVolumes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The subsystems of this node that come and go, also while they are exchanged. */
public final class Services {
  private static final Map<Class<?>, String> NAMES =
      Map.of(
          Messages.class, "messages between nodes",
          Membership.class, "the cluster's membership",
          ConfigStore.class, "ConfigDB",
          StorageAdministration.class, "storage",
          BlockVolumes.class, "storage");

  private final Map<Class<?>, Object> present = new ConcurrentHashMap<>();

  /** It came. */
  public <T> void set(Class<T> type, T service) {
    present.put(type, service);
  }

  /** It went, if it is still that one: a replacement comes before the former goes. */
  public <T> void unset(Class<T> type, T service) {
    present.remove(type, service);
  }

  /** It, if it is there now. */
  public <T> Optional<T> find(Class<T> type) {
    return Optional.ofNullable(type.cast(present.get(type)));
  }

  /** It, or UNAVAILABLE. */
  public <T> T require(Class<T> type) {
    return find(type)
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "This node lacks " + NAMES.getOrDefault(type, type.getSimpleName()),
                    "It is starting, waits for a majority of the nodes, or is being updated.",
                    "Try again in a few seconds, or ask another node."));
  }
}
