package io.aerie.cluster.node.certificate;

import io.aerie.cluster.node.store.Waiting;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction.Condition;

/** Keeps admissions and rotations apart. */
public final class RotationGate {
  private RotationGate() {}

  /**
   * A condition that holds while no rotation begins; blocks until it is known.
   *
   * @throws io.aerie.base.AerieException UNAVAILABLE while a rotation is under way
   */
  public static Condition settled(ConfigStore store) {
    return RotationDocument.settled(Waiting.on(store.get(RotationDocument.PATH)));
  }
}
