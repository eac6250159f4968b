package io.aerie.storage.reservation;

import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationState.Access;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of reservations, SPC-4, sections 5.13.5 to 5.13.11; SPC-2, 5.5.1 and 5.5.2. */
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

  /** Everything is forgotten by force of an administrator; nobody keeps anything. */
  public static ReservationOutcome clear(ReservationState before) {
    SortedMap<Nexus, Attention> told = new TreeMap<>();
    before.keys().keySet().forEach(nexus -> told.put(nexus, Attention.RESERVATIONS_PREEMPTED));
    if (before.simple() != null) {
      told.put(before.simple(), Attention.RESERVATIONS_PREEMPTED);
    }
    return new ReservationOutcome(
        Verdict.DONE, cleared(before).withSimple(null), told, Collections.emptySortedSet());
  }

  private static ReservationState cleared(ReservationState before) {
    return before.withKeys(Collections.emptySortedMap()).withReservation(null, null).counted();
  }

  private ReservationOutcome outcome() {
    if (request.action() == Action.SIMPLE_RESERVE || request.action() == Action.SIMPLE_RELEASE) {
      return simple();
    }
    if (before.simple() != null) {
      return refused(Verdict.CONFLICT);
    }
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
      case REGISTER_AND_MOVE -> move();
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
    return done(cleared(before));
  }

  /** The reservation goes to a nexus that is registered by that, SPC-4, section 5.13.8. */
  private ReservationOutcome move() {
    boolean alone = before.type() != null && !before.type().heldByAll();
    if (!alone || !before.holds(request.from())) {
      return refused(Verdict.CONFLICT);
    }
    Nexus to = request.move().to();
    if (request.newKey() == 0 || to.equals(request.from())) {
      return refused(Verdict.INVALID_PARAMETERS);
    }
    if (!before.registered(to) && before.keys().size() >= REGISTRATIONS_MAX) {
      return refused(Verdict.TOO_MANY);
    }
    TreeMap<Nexus, Long> keys = new TreeMap<>(before.keys());
    keys.put(to, request.newKey());
    if (request.move().unregister()) {
      keys.remove(request.from());
    }
    return done(
        before
            .withKeys(keys)
            .withReservation(before.type(), to)
            .withPersistence(request.persistent())
            .counted());
  }

  /**
   * RESERVE(6) and RELEASE(6). While anybody is registered they do nothing: who has access is told
   * that it went well, everybody else of the conflict (SPC-3, section 5.6.3).
   */
  private ReservationOutcome simple() {
    Nexus from = request.from();
    if (!before.keys().isEmpty()) {
      boolean admitted = before.registered(from) && !before.conflicts(from, Access.WRITES);
      return admitted ? done(before) : refused(Verdict.CONFLICT);
    }
    boolean others = before.simple() != null && !before.simple().equals(from);
    if (request.action() == Action.SIMPLE_RELEASE) {
      return done(others ? before : before.withSimple(null));
    }
    return others ? refused(Verdict.CONFLICT) : done(before.withSimple(from));
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
