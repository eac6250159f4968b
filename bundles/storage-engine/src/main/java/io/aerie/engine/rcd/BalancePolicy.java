package io.aerie.engine.rcd;

/** Whether a pool is rebalanced by itself. The order is on disk. */
public enum BalancePolicy {
  /** When its disks' shares have differed by more than the threshold for some time. */
  AUTOMATIC,
  /** Only when it is asked for. */
  MANUAL
}
