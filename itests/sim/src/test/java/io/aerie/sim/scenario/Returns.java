package io.aerie.sim.scenario;

import io.aerie.sim.SimulatedNode;

/** What RCD says of members that come back. */
final class Returns {
  private Returns() {}

  static boolean rebuilding(Scenario scenario, long group, SimulatedNode node) {
    return scenario
        .log()
        .committed()
        .group(group)
        .orElseThrow()
        .rebuilding()
        .contains(Scenario.diskOf(node));
  }

  static boolean eligible(Scenario scenario, long group, SimulatedNode node) {
    return scenario
        .log()
        .committed()
        .group(group)
        .orElseThrow()
        .eligible()
        .contains(Scenario.diskOf(node));
  }

  static boolean frozen(Scenario scenario, long group) {
    return scenario.log().committed().group(group).orElseThrow().frozen();
  }
}
