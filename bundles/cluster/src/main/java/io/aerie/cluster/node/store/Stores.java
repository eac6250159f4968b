package io.aerie.cluster.node.store;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import java.util.Optional;
import java.util.function.Supplier;

/** ConfigDB, or a refusal that says that it isn't there. */
public final class Stores {
  private Stores() {}

  /** UNAVAILABLE when it is away. */
  public static ConfigStore required(Supplier<Optional<ConfigStore>> stores) {
    return stores
        .get()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "Certificates can't be looked at or changed now",
                    "ConfigDB, which keeps them, is not open on this node.",
                    "Try again in a moment, or ask another node."));
  }
}
