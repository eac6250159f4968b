package io.aerie.engine.rcd;

/**
 * What can fail as one, from the smallest to the largest. A pool spreads the members of each group
 * over different ones of its level. The order is on disk.
 */
public enum FailureDomain {
  DISK,
  NODE,
  RACK,
  SITE
}
