package io.aerie.face.audit;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.audit.AuditLog.Event;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of one change: an entry before it, without which nothing is changed, and one after it
 * with its outcome. A crash in between leaves the first.
 */
public final class AuditTrail {
  private static final Logger logger = LoggerFactory.getLogger(AuditTrail.class);

  private final AuditLog log;
  private final Event event;
  private final long sequence;

  private AuditTrail(AuditLog log, Event event, long sequence) {
    this.log = log;
    this.event = event;
    this.sequence = sequence;
  }

  /**
   * Begins a change.
   *
   * @throws AerieException UNAVAILABLE or IO_ERROR when it can't be recorded: it must not be done
   */
  public static AuditTrail begin(Subsystems subsystems, Caller caller, String action) {
    AuditLog log = subsystems.require(AuditLog.class);
    Map<String, String> details = new HashMap<>();
    caller.tokenId().ifPresent(id -> details.put("byToken", id));
    Event event =
        new Event(
            caller.name(), caller.source(), action, details, AuditLog.BEGUN, OptionalLong.empty());
    return new AuditTrail(log, event, log.append(event).sequence());
  }

  /** Tells how it ended: {@link AuditLog#DONE} or a code. */
  public void end(String outcome, Map<String, String> details) {
    Map<String, String> all = new HashMap<>(details);
    all.putAll(event.details());
    try {
      log.append(
          new Event(
              event.user(),
              event.source(),
              event.action(),
              all,
              outcome,
              OptionalLong.of(sequence)));
    } catch (AerieException e) {
      // it is done, and its begin is on record: the caller must learn what was done all the same
      logger.error("The end of the audit log's entry {} is not recorded: {}", sequence, outcome, e);
    }
  }

  /** Records what needs no begin: a login. Lets it go on when that fails. */
  public static void note(
      Subsystems subsystems,
      String user,
      String source,
      String action,
      Map<String, String> details,
      String outcome) {
    Event event = new Event(user, source, action, details, outcome, OptionalLong.empty());
    note(subsystems, event, log -> log.append(event));
  }

  /** Records that a change was refused for lack of a role. It stays refused when that fails. */
  public static void refused(
      Subsystems subsystems, Caller caller, String action, Map<String, String> details) {
    Event event =
        new Event(
            caller.name(),
            caller.source(),
            action,
            details,
            ErrorCode.FORBIDDEN.code(),
            OptionalLong.empty());
    note(subsystems, event, log -> log.refused(event));
  }

  /**
   * Records that nothing was proven. Those that follow each other are counted together, whatever
   * address they come from: else strangers could fill the log.
   */
  static void refusedUnproven(Subsystems subsystems, String source, String action) {
    Event event =
        new Event(
            "", source, action, Map.of(), ErrorCode.UNAUTHENTICATED.code(), OptionalLong.empty());
    note(subsystems, event, log -> log.refused(event));
  }

  private static void note(Subsystems subsystems, Event event, Consumer<AuditLog> writing) {
    try {
      writing.accept(subsystems.require(AuditLog.class));
    } catch (AerieException e) {
      logger.error(
          "The audit log has no entry of '{}' by '{}': {}",
          event.action(),
          event.user(),
          event.outcome(),
          e);
    }
  }
}
