package io.aerie.engine.reservation;

import io.aerie.engine.reservation.ReservationOutcome.Attention;
import io.aerie.engine.reservation.ReservationOutcome.Verdict;
import io.aerie.engine.reservation.ReservationRequest.Action;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of reservations, SPC-4, sections 5.13.5 to 5.13.11. */
public final class ReservationRules {
  /** Registrations of a volume: hosts of a large cluster, each over several ways. */
  static final int REGISTRATIONS_MAX = 1024;

  private final ReservationState before;
  private final ReservationRequest request;
  private final SortedMap<Nexus, Attention> attentions = new TreeMap<>();
  private final SortedSet<Nexus> aborted = new TreeSet<>();

  private ReservationRules(ReservationState before, ReservationRequest request) {
    this.before = before;
    this.request = request;
  }

  /** Applies a request; one that is refused changes nothing. */
  public static ReservationOutcome apply(ReservationState before, ReservationRequest request) {
    return new ReservationRules(before, request).outcome();
  }

  private ReservationOutcome outcome() {
    if (request.action() == Action.REGISTER
        || request.action() == Action.REGISTER_AND_IGNORE_EXISTING_KEY) {
      return register();
    }
    Long own = before.keys().get(request.from());
    if (own == null || own != request.key()) {
      return refused(Verdict.CONFLICT);
    }
    return switch (request.action()) {
      case RESERVE -> reserve();
      case RELEASE -> release();
      case CLEAR -> clear();
      default -> preempt();
    };
  }

  private ReservationOutcome refused(Verdict verdict) {
    return new ReservationOutcome(
        verdict, before, Collections.emptySortedMap(), Collections.emptySortedSet());
  }

  private ReservationOutcome done(ReservationState state) {
    return new ReservationOutcome(Verdict.DONE, state, attentions, aborted);
  }

  private ReservationOutcome register() {
    Long own = before.keys().get(request.from());
    if (request.action() == Action.REGISTER && request.key() != (own == null ? 0 : own)) {
      return refused(Verdict.CONFLICT);
    }
    if (request.newKey() == 0) {
      return own == null ? done(before) : unregister();
    }
    if (own == null && before.keys().size() >= REGISTRATIONS_MAX) {
      return refused(Verdict.TOO_MANY);
    }
    TreeMap<Nexus, Long> keys = new TreeMap<>(before.keys());
    keys.put(request.from(), request.newKey());
    return done(before.withKeys(keys).withPersistence(request.persistent()).counted());
  }

  /** A reservation goes with its holder, or with the last of them. */
  private ReservationOutcome unregister() {
    TreeMap<Nexus, Long> keys = new TreeMap<>(before.keys());
    keys.remove(request.from());
    ReservationState state = before.withKeys(keys).withPersistence(request.persistent()).counted();
    if (before.holds(request.from()) && (!before.type().heldByAll() || keys.isEmpty())) {
      if (before.type().admitsRegistrants()) {
        tellOthers(state, Attention.RESERVATIONS_RELEASED);
      }
      state = state.withReservation(null, null);
    }
    return done(state);
  }

  private void tellOthers(ReservationState registered, Attention what) {
    for (Nexus nexus : registered.keys().keySet()) {
      if (!nexus.equals(request.from())) {
        attentions.putIfAbsent(nexus, what);
      }
    }
  }

  private ReservationOutcome reserve() {
    if (before.type() == null) {
      return done(before.withReservation(request.type(), request.from()));
    }
    boolean again = before.holds(request.from()) && before.type() == request.type();
    return again ? done(before) : refused(Verdict.CONFLICT);
  }

  private ReservationOutcome release() {
    if (!before.holds(request.from())) {
      return done(before);
    }
    if (before.type() != request.type()) {
      return refused(Verdict.INVALID_RELEASE);
    }
    if (before.type().admitsRegistrants()) {
      tellOthers(before, Attention.RESERVATIONS_RELEASED);
    }
    return done(before.withReservation(null, null));
  }

  private ReservationOutcome clear() {
    tellOthers(before, Attention.RESERVATIONS_PREEMPTED);
    return done(
        before.withKeys(Collections.emptySortedMap()).withReservation(null, null).counted());
  }

  private ReservationOutcome preempt() {
    boolean byAll = before.type() != null && before.type().heldByAll();
    if (request.newKey() == 0) {
      return byAll ? takeOver() : refused(Verdict.INVALID_PARAMETERS);
    }
    boolean holders =
        before.type() != null && !byAll && before.keys().get(before.holder()) == request.newKey();
    if (holders) {
      return takeOver();
    }
    if (!before.keys().containsValue(request.newKey())) {
      return refused(Verdict.CONFLICT);
    }
    return done(removed(/* own= */ true).counted());
  }

  /** The registrations of the key go, or all but one's own where the key is 0. */
  private ReservationState removed(boolean own) {
    TreeMap<Nexus, Long> keys = new TreeMap<>(before.keys());
    for (var one : before.keys().entrySet()) {
      boolean mine = one.getKey().equals(request.from());
      boolean meant = request.newKey() == 0 || one.getValue() == request.newKey();
      if (!meant || (mine && !own)) {
        continue;
      }
      keys.remove(one.getKey());
      if (mine) {
        continue;
      }
      attentions.put(one.getKey(), Attention.REGISTRATIONS_PREEMPTED);
      if (request.action() == Action.PREEMPT_AND_ABORT) {
        aborted.add(one.getKey());
      }
    }
    ReservationState state = before.withKeys(keys);
    return keys.isEmpty() ? state.withReservation(null, null) : state;
  }

  /** The reservation passes to who asks; those who stay hear of it when it is of another type. */
  private ReservationOutcome takeOver() {
    ReservationState state = removed(/* own= */ false);
    if (before.type() != request.type()) {
      tellOthers(state, Attention.RESERVATIONS_RELEASED);
    }
    return done(state.withReservation(request.type(), request.from()).counted());
  }
}
