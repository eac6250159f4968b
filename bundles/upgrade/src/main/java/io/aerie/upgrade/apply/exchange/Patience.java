package io.aerie.upgrade.apply.exchange;

/** How long a node is given to serve again. */
public interface Patience {
  /**
   * Waits a moment.
   *
   * @return false when the time is over
   * @throws io.aerie.base.AerieException UNAVAILABLE when this bundle is being stopped
   */
  boolean again();

  /** Throws UNAVAILABLE when this bundle is being stopped: then no failure means anything. */
  void requireGoingOn();
}
