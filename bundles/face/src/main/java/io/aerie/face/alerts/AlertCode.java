package io.aerie.face.alerts;

import java.util.Locale;

/**
 * What can be wrong. The names are part of the interface: docs/alerts.md explains each, and
 * monitoring systems match them.
 */
public enum AlertCode {
  NODE_DOWN(Severity.CRITICAL, "node"),
  NODE_UNREACHABLE(Severity.WARNING, "node"),
  NODE_NOT_SERVING(Severity.CRITICAL, "node"),
  DISK_DOWN(Severity.WARNING, "disk"),
  POOL_DEGRADED(Severity.WARNING, "pool"),
  POOL_FROZEN(Severity.CRITICAL, "pool"),
  POOL_NEARLY_FULL(Severity.WARNING, "pool"),
  POOL_FULL(Severity.CRITICAL, "pool"),
  VOLUME_FROZEN(Severity.CRITICAL, "volume"),
  SCRUB_UNREPAIRABLE(Severity.CRITICAL, "scrub"),
  QUARANTINED_DATA(Severity.WARNING, "quarantine"),
  LOG_WITHOUT_LEADER(Severity.CRITICAL, "log"),
  LOG_OVERSIZED(Severity.WARNING, "log"),
  UPGRADE_STOPPED(Severity.WARNING, "upgrade");

  /** How bad. */
  public enum Severity {
    /** Data or service is in danger, or away. */
    CRITICAL,
    /** Nothing is lost; the next failure may be worse. */
    WARNING
  }

  private final Severity severity;
  private final String kind;

  AlertCode(Severity severity, String kind) {
    this.severity = severity;
    this.kind = kind;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** What kind of object it is about, as REST names one. */
  public String kind() {
    return kind;
  }

  /** The name in answers, as {@code node-down}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * An alert of this code.
   *
   * @param subject id of the object
   * @param message what is wrong, a sentence
   * @param remedy what to do, sentences
   */
  Alert about(String subject, String message, String remedy) {
    return new Alert(
        code() + ":" + subject,
        message,
        code(),
        severity.name().toLowerCase(Locale.ROOT),
        kind,
        subject,
        remedy);
  }
}
