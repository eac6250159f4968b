package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.config.audit.AuditLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The audit log in memory, without hashes; can be told to fail, or to be broken. */
public final class FakeAudit implements AuditLog {
  private static final Instant TIME = Instant.parse("2026-11-21T04:00:00Z");

  private final List<Entry> entries = new ArrayList<>();
  private AerieException failure;
  private long brokenAt;

  /** Every append fails like this from now on. */
  public void failWith(AerieException exception) {
    failure = exception;
  }

  /** Verification finds this entry broken from now on. */
  public void breakAt(long sequence) {
    brokenAt = sequence;
  }

  /** Entries as text: user, source, action, outcome, details by name. */
  public synchronized List<String> lines() {
    return entries.stream()
        .map(Entry::event)
        .map(
            event ->
                String.join(
                    " ",
                    event.user(),
                    event.source(),
                    event.action(),
                    event.outcome(),
                    new TreeMap<>(event.details()).toString()))
        .toList();
  }

  @Override
  public synchronized Entry append(Event event) {
    if (failure != null) {
      throw failure;
    }
    Entry entry = new Entry(entries.size() + 1, TIME, event, "", "");
    entries.add(entry);
    return entry;
  }

  /** Merges nothing. */
  @Override
  public void refused(Event event) {
    append(event);
  }

  @Override
  public synchronized List<Entry> list(OptionalLong before, int limit) {
    List<Entry> newest = new ArrayList<>(entries);
    Collections.reverse(newest);
    return newest.stream()
        .filter(entry -> before.isEmpty() || entry.sequence() < before.getAsLong())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Verification verify() {
    return brokenAt == 0
        ? new Verification(1, entries.size(), Optional.empty())
        : new Verification(
            1, brokenAt - 1, Optional.of(new Broken(brokenAt, "file:2", "it was changed")));
  }
}
