package io.aerie.upgrade.apply.exchange;

import java.util.List;
import java.util.Set;

/** Whether this node serves. */
public interface NodeHealth {
  /**
   * Why the cluster can't do without a node now, as this node sees it; empty when it can.
   *
   * @throws io.aerie.base.AerieException UNAVAILABLE or TIMED_OUT when that can't be seen
   */
  String unfitness();

  /** The names of its servers for clients that take connections now. */
  Set<String> serving();

  /**
   * What keeps it from serving as before, a sentence each, without a full stop; empty when nothing
   * does. The last look is real: a small volume is made through this node, written, read back and
   * deleted.
   *
   * @param run id of the run, UUID; what is made to look carries it, so that it is nobody else's
   * @param before the servers that took connections
   */
  List<String> problems(String run, Set<String> before);
}
