package io.aerie.config.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * This node's record of changes and refusals, each entry chained to the one before by its hash. An
 * entry is durable when {@link #append} returns.
 */
public interface AuditLog {
  /** The outcome of an entry that is written before a change; another one tells how it ended. */
  String BEGUN = "begun";

  /** The outcome of what was carried out. */
  String DONE = "done";

  /** The detail that says how many refusals an entry stands for; one when it is missing. */
  String REFUSALS = "refusals";

  /** The detail that lists the actions of these refusals when they are several. */
  String ACTIONS = "actions";

  /**
   * Writes an entry; IO_ERROR when it can't be made durable.
   *
   * @return as it was written
   */
  Entry append(Event event);

  /**
   * Records that a change was refused. Those of one user that follow each other are counted, and
   * one entry stands for them within a minute at most: nobody fills the log by being refused.
   * Durable when it is written at once; IO_ERROR then.
   */
  void refused(Event event);

  /**
   * Entries of this node, the newest first.
   *
   * @param before only those with a smaller sequence
   * @param limit at most so many
   */
  List<Entry> list(OptionalLong before, int limit);

  /** Reads all that there is on this node and checks the chain. */
  Verification verify();

  /**
   * What happened.
   *
   * @param user who, as far as it was proven; empty when it was not
   * @param source the address it came from
   * @param action REST's method and path, or the shell's command
   * @param details names and values that are no secrets
   * @param outcome {@link #BEGUN}, {@link #DONE}, or the code of the refusal or failure
   * @param begun the sequence of the entry that this one ends
   */
  record Event(
      String user,
      String source,
      String action,
      Map<String, String> details,
      String outcome,
      OptionalLong begun) {
    public Event {
      details = Map.copyOf(details);
    }
  }

  /**
   * An entry of the chain.
   *
   * @param sequence dense, from 1
   * @param time by this node's clock
   * @param previousHash SHA-256 of the entry before, hexadecimal; 64 zeros for the first
   * @param hash SHA-256 of this entry, hexadecimal
   */
  record Entry(long sequence, Instant time, Event event, String previousHash, String hash) {}

  /**
   * What a check found.
   *
   * @param firstSequence the oldest entry that there is
   * @param lastSequence the newest entry that was good
   * @param broken the first one that is not, if any
   */
  record Verification(long firstSequence, long lastSequence, Optional<Broken> broken) {}

  /**
   * The first entry that does not fit.
   *
   * @param sequence the one that ought to be there
   * @param where file and line
   * @param why what is wrong with it
   */
  record Broken(long sequence, String where, String why) {}
}
