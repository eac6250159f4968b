package io.aerie.face.metrics;

import java.util.Locale;

/**
 * All metrics. Names, units and types follow Prometheus' rules: base units, {@code _total} at the
 * end of counters. docs/metrics.md explains each.
 */
public enum Metric {
  NODES("Nodes of the cluster by state", "state"),
  MEMBERS_REACHABLE("Members of the cluster that this node reaches, itself included"),
  DISKS("Disks by state and duty", "state", "duty"),
  DISK_CAPACITY_BYTES("What a disk has in all", "disk", "node", "pool"),
  DISK_USED_BYTES("What of it is used", "disk", "node", "pool"),
  POOL_CAPACITY_BYTES("What a pool has in all, raw", "pool"),
  POOL_USED_BYTES("What of it is used", "pool"),
  POOL_RESERVED_BYTES("What of it is promised to volumes", "pool"),
  POOL_REDUNDANT_BYTES("What of that is there so that disks may be lost", "pool"),
  POOL_GROUPS("Groups of a pool by state", "pool", "state"),
  VOLUMES("Volumes by pool and state", "pool", "state"),
  SNAPSHOTS("Snapshots of all volumes"),
  ATTACHMENTS("Clients that have volumes open, by the node through which they come", "node"),
  JOBS("Jobs by kind and state", "kind", "state"),
  JOB_GROUPS_LEFT("Groups that running jobs still have to do, by kind", "kind"),
  VOLUME_OPERATIONS_TOTAL(
      "Operations of clients of this node that ended well", "volume", "operation"),
  VOLUME_FAILURES_TOTAL("Those that ended with an error", "volume", "operation"),
  VOLUME_BYTES_TOTAL("What those that ended well were about", "volume", "operation"),
  VOLUME_OPERATION_SECONDS_TOTAL(
      "Time that those that ended well took, summed up", "volume", "operation"),
  ALERTS("What is wrong now, by severity", "severity"),
  CONFIG_REVISION("Revision of ConfigDB on this node"),
  LOG_LEADER("1 if this node leads the log, else 0", "log"),
  LOG_TERM("Term of the log on this node", "log"),
  LOG_APPLIED_INDEX("Index of the last entry that this node applied", "log"),
  LOG_COMMITTED_INDEX("Index of the last entry that this node knows as committed", "log"),
  LOG_BYTES("What the log's entries take on this node's disk", "log"),
  LOG_MEMBERS("Members of the log", "log"),
  NODE_UPTIME_SECONDS("Since this node's process began"),
  NODE_HEAP_USED_BYTES("Used of this node's heap"),
  NODE_HEAP_MAX_BYTES("What this node's heap may become"),
  NODE_DIRECT_BUFFER_BYTES("This node's buffers outside of its heap"),
  NODE_THREADS("Threads of this node's process"),
  NODE_COLLECTION_SECONDS_TOTAL("Time that this node's garbage collectors took", "collector"),
  NODE_COLLECTIONS_TOTAL("Collections of this node's garbage collectors", "collector"),
  NODE_PROCESSOR_SECONDS_TOTAL("Processor time that this node's process took");

  /** Type of what only grows while the process lives. */
  public static final String COUNTER = "counter";

  /** What names of counters end with. */
  public static final String COUNTER_ENDING = "_total";

  private final String help;
  private final String[] labels;

  Metric(String help, String... labels) {
    this.help = help;
    this.labels = labels;
  }

  /** The name in answers, as {@code aerie_pool_used_bytes}. */
  public String metricName() {
    return "aerie_" + name().toLowerCase(Locale.ROOT);
  }

  /** {@link #COUNTER} or gauge. */
  public String type() {
    return metricName().endsWith(COUNTER_ENDING) ? COUNTER : "gauge";
  }

  /** What it is, a phrase. */
  public String help() {
    return help;
  }

  /** Names of its labels, in the order of the values of {@link Sample#labels}. */
  String[] labels() {
    return labels.clone();
  }
}
