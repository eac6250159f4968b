package io.aerie.sim;

import io.aerie.engine.rcd.Redundancy;
import java.util.List;

/**
 * How large a run's cluster is, and what volumes it has: each of {@value #BLOCKS} blocks or
 * stripes.
 *
 * @param nodes how many, with a disk each
 * @param clients on how many of them there are clients
 * @param volumes one of each protection
 */
record Shape(int nodes, int clients, List<Redundancy> volumes) {
  static final int BLOCKS = 16;

  /** Whole copies on three nodes. */
  static final Shape COPIES = new Shape(3, 3, List.of(Redundancy.copies(2), Redundancy.copies(3)));

  /** Erasure codes beside copies, on one node more than 4+2 needs. */
  static final Shape CODES =
      new Shape(
          7,
          2,
          List.of(
              Redundancy.copies(2),
              Redundancy.copies(3),
              Redundancy.erasure(2, 1),
              Redundancy.erasure(4, 2)));
}
