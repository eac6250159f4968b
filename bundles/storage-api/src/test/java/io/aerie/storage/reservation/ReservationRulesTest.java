package io.aerie.storage.reservation;

import static io.aerie.storage.reservation.ReservationRequest.Action.CLEAR;
import static io.aerie.storage.reservation.ReservationRequest.Action.PREEMPT;
import static io.aerie.storage.reservation.ReservationRequest.Action.PREEMPT_AND_ABORT;
import static io.aerie.storage.reservation.ReservationRequest.Action.REGISTER;
import static io.aerie.storage.reservation.ReservationRequest.Action.REGISTER_AND_IGNORE_EXISTING_KEY;
import static io.aerie.storage.reservation.ReservationRequest.Action.REGISTER_AND_MOVE;
import static io.aerie.storage.reservation.ReservationRequest.Action.RELEASE;
import static io.aerie.storage.reservation.ReservationRequest.Action.RESERVE;
import static io.aerie.storage.reservation.ReservationRequest.Action.SIMPLE_RELEASE;
import static io.aerie.storage.reservation.ReservationRequest.Action.SIMPLE_RESERVE;
import static io.aerie.storage.reservation.ReservationType.EXCLUSIVE_ACCESS;
import static io.aerie.storage.reservation.ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
import static io.aerie.storage.reservation.ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
import static io.aerie.storage.reservation.ReservationType.WRITE_EXCLUSIVE;
import static io.aerie.storage.reservation.ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS;
import static io.aerie.storage.reservation.ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationState.Access;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: what SPC-4 says of each service action, and that a refused one changes nothing. */
final class ReservationRulesTest {
  private static final Nexus A = new Nexus("iqn.2026-01.org.example:a,i,0x1", 1);
  private static final Nexus B = new Nexus("iqn.2026-01.org.example:b,i,0x1", 1);
  private static final Nexus C = new Nexus("iqn.2026-01.org.example:c,i,0x1", 2);
  private static final long KEY_A = 0xa;
  private static final long KEY_B = 0xb;
  private static final long KEY_C = 0xc;

  private ReservationState state = ReservationState.NONE;
  private ReservationOutcome last;

  private Verdict ask(Action action, Nexus from, long key, long newKey, ReservationType type) {
    last =
        ReservationRules.apply(
            state, new ReservationRequest(action, from, key, newKey, type, false));
    if (last.verdict() != Verdict.DONE) {
      assertThat(last.state()).isSameAs(state);
      assertThat(last.attentions()).isEmpty();
      assertThat(last.aborted()).isEmpty();
    }
    state = last.state();
    return last.verdict();
  }

  private void registerAll() {
    assertThat(ask(REGISTER, A, 0, KEY_A, null)).isEqualTo(Verdict.DONE);
    assertThat(ask(REGISTER, B, 0, KEY_B, null)).isEqualTo(Verdict.DONE);
    assertThat(ask(REGISTER, C, 0, KEY_C, null)).isEqualTo(Verdict.DONE);
  }

  private void reserved(ReservationType type) {
    registerAll();
    assertThat(ask(RESERVE, A, KEY_A, 0, type)).isEqualTo(Verdict.DONE);
    assertThat(state.generation()).as("a reservation is not counted").isEqualTo(3);
  }

  @Test
  void shouldRegister() {
    assertThat(ask(REGISTER, A, 5, KEY_A, null))
        .as("not registered: key 0")
        .isEqualTo(Verdict.CONFLICT);
    assertThat(ask(REGISTER, A, 0, 0, null)).isEqualTo(Verdict.DONE);
    assertThat(state).as("nothing to do").isEqualTo(ReservationState.NONE);
    assertThat(ask(REGISTER, A, 0, KEY_A, null)).isEqualTo(Verdict.DONE);
    assertThat(ask(REGISTER, A, 0, 7, null))
        .as("its own key is asked for")
        .isEqualTo(Verdict.CONFLICT);
    assertThat(ask(REGISTER, A, KEY_A, 7, null)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(A, 7L));
    assertThat(state.generation()).isEqualTo(2);
    assertThat(ask(REGISTER_AND_IGNORE_EXISTING_KEY, A, 99, 8, null)).isEqualTo(Verdict.DONE);
    assertThat(ask(REGISTER_AND_IGNORE_EXISTING_KEY, B, 99, KEY_B, null)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(A, 8L, B, KEY_B));
    assertThat(ask(REGISTER, A, 8, 0, null)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(B, KEY_B));
    assertThat(state.generation()).isEqualTo(5);
  }

  @Test
  void shouldBoundRegistrations() {
    for (int port = 1; port <= ReservationRules.REGISTRATIONS_MAX; port++) {
      ask(REGISTER, new Nexus("many", port), 0, 1, null);
    }
    assertThat(ask(REGISTER, A, 0, KEY_A, null)).isEqualTo(Verdict.TOO_MANY);
    assertThat(ask(REGISTER, new Nexus("many", 1), 1, 2, null)).isEqualTo(Verdict.DONE);
  }

  @Test
  void shouldRememberThatItPersists() {
    ReservationRequest persistent = new ReservationRequest(REGISTER, A, 0, KEY_A, null, true);
    state = ReservationRules.apply(state, persistent).state();
    assertThat(state.persistent()).isTrue();
    ask(RESERVE, A, KEY_A, 0, WRITE_EXCLUSIVE);
    assertThat(state.persistent()).as("only registering decides").isTrue();
    ask(REGISTER, B, 0, KEY_B, null);
    assertThat(state.persistent()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = "REGISTER.*|SIMPLE_.*",
      mode = EnumSource.Mode.MATCH_NONE)
  void shouldAskForTheRegisteredKey(Action action) {
    assertThat(ask(action, A, 0, KEY_B, WRITE_EXCLUSIVE)).isEqualTo(Verdict.CONFLICT);
    registerAll();
    assertThat(ask(action, A, KEY_B, KEY_B, WRITE_EXCLUSIVE)).isEqualTo(Verdict.CONFLICT);
  }

  @ParameterizedTest
  @EnumSource(ReservationType.class)
  void shouldReserveOnce(ReservationType type) {
    reserved(type);
    ReservationState before = state;
    assertThat(ask(RESERVE, A, KEY_A, 0, type)).as("again").isEqualTo(Verdict.DONE);
    assertThat(state).isEqualTo(before);
    for (ReservationType other : ReservationType.values()) {
      boolean same = other == type && type.heldByAll();
      assertThat(ask(RESERVE, B, KEY_B, 0, other))
          .isEqualTo(same ? Verdict.DONE : Verdict.CONFLICT);
      if (other != type) {
        assertThat(ask(RESERVE, A, KEY_A, 0, other)).isEqualTo(Verdict.CONFLICT);
      }
    }
    assertThat(state).isEqualTo(before);
  }

  /** SPC-4 and SBC-3, tables of the commands that are allowed. */
  @ParameterizedTest
  @EnumSource(ReservationType.class)
  void shouldShutOut(ReservationType type) {
    reserved(type);
    Nexus stranger = new Nexus("stranger", 1);
    boolean exclusive = type.toString().startsWith("EXCLUSIVE");
    boolean alone = type == WRITE_EXCLUSIVE || type == EXCLUSIVE_ACCESS;
    for (Access access : Access.values()) {
      assertThat(state.conflicts(A, access)).isFalse();
      boolean shutOut = access == Access.WRITES || (access == Access.READS && exclusive);
      assertThat(state.conflicts(stranger, access)).isEqualTo(shutOut);
      assertThat(state.conflicts(B, access)).isEqualTo(shutOut && alone);
      assertThat(ReservationState.NONE.conflicts(stranger, access)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(ReservationType.class)
  void shouldReleaseAndTellThoseWhoHadAccess(ReservationType type) {
    reserved(type);
    ReservationState before = state;
    if (!type.heldByAll()) {
      assertThat(ask(RELEASE, B, KEY_B, 0, type)).as("not a holder").isEqualTo(Verdict.DONE);
      assertThat(state).isEqualTo(before);
    }
    ReservationType other = type == WRITE_EXCLUSIVE ? EXCLUSIVE_ACCESS : WRITE_EXCLUSIVE;
    assertThat(ask(RELEASE, A, KEY_A, 0, other)).isEqualTo(Verdict.INVALID_RELEASE);
    assertThat(ask(RELEASE, A, KEY_A, 0, type)).isEqualTo(Verdict.DONE);
    assertThat(state.reserved()).isEmpty();
    assertThat(state.keys()).isEqualTo(before.keys());
    boolean told = type != WRITE_EXCLUSIVE && type != EXCLUSIVE_ACCESS;
    assertThat(last.attentions())
        .isEqualTo(
            told
                ? Map.of(B, Attention.RESERVATIONS_RELEASED, C, Attention.RESERVATIONS_RELEASED)
                : Map.of());
  }

  @Test
  void shouldReleaseWhenTheHolderUnregisters() {
    reserved(EXCLUSIVE_ACCESS_REGISTRANTS_ONLY);
    ask(REGISTER, B, KEY_B, 0, null);
    assertThat(state.reserved()).as("not the holder").isPresent();
    ask(REGISTER, A, KEY_A, 0, null);
    assertThat(state.reserved()).isEmpty();
    assertThat(last.attentions()).isEqualTo(Map.of(C, Attention.RESERVATIONS_RELEASED));
  }

  @Test
  void shouldStayWithTheLastOfAllRegistrants() {
    reserved(WRITE_EXCLUSIVE_ALL_REGISTRANTS);
    ask(REGISTER, A, KEY_A, 0, null);
    ask(REGISTER, B, KEY_B, 0, null);
    assertThat(last.attentions()).isEmpty();
    assertThat(state.holds(C)).isTrue();
    ask(REGISTER, C, KEY_C, 0, null);
    assertThat(state.reserved()).isEmpty();
  }

  @Test
  void shouldClear() {
    reserved(EXCLUSIVE_ACCESS);
    assertThat(ask(CLEAR, B, KEY_B, 0, null)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEmpty();
    assertThat(state.reserved()).isEmpty();
    assertThat(state.generation()).isEqualTo(4);
    assertThat(last.attentions())
        .isEqualTo(
            Map.of(A, Attention.RESERVATIONS_PREEMPTED, C, Attention.RESERVATIONS_PREEMPTED));
  }

  @Test
  void shouldPreemptTheHolder() {
    reserved(WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
    assertThat(ask(PREEMPT_AND_ABORT, B, KEY_B, KEY_A, EXCLUSIVE_ACCESS)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(B, KEY_B, C, KEY_C));
    assertThat(state.reserved()).contains(EXCLUSIVE_ACCESS);
    assertThat(state.holds(B)).isTrue();
    assertThat(last.aborted()).containsExactly(A);
    assertThat(last.attentions())
        .as("who stays hears of the other type")
        .isEqualTo(
            Map.of(A, Attention.REGISTRATIONS_PREEMPTED, C, Attention.RESERVATIONS_RELEASED));
    assertThat(state.generation()).isEqualTo(4);
  }

  @Test
  void shouldChangeTheTypeByPreemptingOneself() {
    reserved(WRITE_EXCLUSIVE);
    assertThat(ask(PREEMPT, A, KEY_A, KEY_A, EXCLUSIVE_ACCESS)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).containsKey(A);
    assertThat(state.reserved()).contains(EXCLUSIVE_ACCESS);
    assertThat(state.holds(A)).isTrue();
  }

  @Test
  void shouldRemoveRegistrationsThatHoldNothing() {
    reserved(WRITE_EXCLUSIVE);
    assertThat(ask(PREEMPT, B, KEY_B, KEY_C, EXCLUSIVE_ACCESS)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(A, KEY_A, B, KEY_B));
    assertThat(state.reserved()).as("stays as it is").contains(WRITE_EXCLUSIVE);
    assertThat(state.holds(A)).isTrue();
    assertThat(last.attentions()).isEqualTo(Map.of(C, Attention.REGISTRATIONS_PREEMPTED));
    assertThat(last.aborted()).isEmpty();
    assertThat(ask(PREEMPT, B, KEY_B, KEY_C, WRITE_EXCLUSIVE))
        .as("gone")
        .isEqualTo(Verdict.CONFLICT);
    assertThat(ask(PREEMPT, B, KEY_B, 0, WRITE_EXCLUSIVE)).isEqualTo(Verdict.INVALID_PARAMETERS);
  }

  @Test
  void shouldPreemptAllRegistrants() {
    reserved(EXCLUSIVE_ACCESS_ALL_REGISTRANTS);
    assertThat(ask(PREEMPT, B, KEY_B, KEY_C, WRITE_EXCLUSIVE)).isEqualTo(Verdict.DONE);
    assertThat(state.reserved()).as("one of many went").contains(EXCLUSIVE_ACCESS_ALL_REGISTRANTS);
    assertThat(ask(PREEMPT, B, KEY_B, 0, WRITE_EXCLUSIVE)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(B, KEY_B));
    assertThat(state.reserved()).contains(WRITE_EXCLUSIVE);
    assertThat(state.holds(B)).isTrue();
    assertThat(last.attentions()).isEqualTo(Map.of(A, Attention.REGISTRATIONS_PREEMPTED));
  }

  private Verdict move(Nexus from, long key, long newKey, Nexus to, boolean unregister) {
    ReservationRequest request =
        new ReservationRequest(
            REGISTER_AND_MOVE,
            from,
            key,
            newKey,
            null,
            true,
            new ReservationRequest.Move(to, unregister));
    last = ReservationRules.apply(state, request);
    state = last.state();
    return last.verdict();
  }

  @Test
  void shouldMoveAReservation() {
    Nexus other = new Nexus("iqn.2026-01.org.example:other,i,0x1", 2);
    registerAll();
    assertThat(move(A, KEY_A, 9, other, false)).as("nothing to move").isEqualTo(Verdict.CONFLICT);
    ask(RESERVE, A, KEY_A, 0, EXCLUSIVE_ACCESS);
    assertThat(move(B, KEY_B, 9, other, false)).as("no holder").isEqualTo(Verdict.CONFLICT);
    assertThat(move(A, KEY_A, 0, other, false)).isEqualTo(Verdict.INVALID_PARAMETERS);
    assertThat(move(A, KEY_A, 9, A, false)).isEqualTo(Verdict.INVALID_PARAMETERS);
    assertThat(move(A, KEY_A, 9, other, false)).isEqualTo(Verdict.DONE);
    assertThat(state.holder()).isEqualTo(other);
    assertThat(state.keys()).isEqualTo(Map.of(A, KEY_A, B, KEY_B, C, KEY_C, other, 9L));
    assertThat(state.persistent()).isTrue();
    assertThat(state.generation()).isEqualTo(4);
    assertThat(move(other, 9, KEY_B, B, true)).isEqualTo(Verdict.DONE);
    assertThat(state.keys()).isEqualTo(Map.of(A, KEY_A, B, KEY_B, C, KEY_C));
    assertThat(state.holds(B)).isTrue();
  }

  @Test
  void shouldNotMoveWhatAllHold() {
    reserved(WRITE_EXCLUSIVE_ALL_REGISTRANTS);
    assertThat(move(A, KEY_A, 9, B, false)).isEqualTo(Verdict.CONFLICT);
  }

  @Test
  void shouldReserveTheSimpleWay() {
    assertThat(ask(SIMPLE_RELEASE, A, 0, 0, null)).as("nothing there").isEqualTo(Verdict.DONE);
    assertThat(ask(SIMPLE_RESERVE, A, 0, 0, null)).isEqualTo(Verdict.DONE);
    assertThat(ask(SIMPLE_RESERVE, A, 0, 0, null)).as("again").isEqualTo(Verdict.DONE);
    assertThat(ask(SIMPLE_RESERVE, B, 0, 0, null)).isEqualTo(Verdict.CONFLICT);
    assertThat(ask(REGISTER, A, 0, KEY_A, null)).isEqualTo(Verdict.CONFLICT);
    assertThat(ask(SIMPLE_RELEASE, B, 0, 0, null)).as("not his").isEqualTo(Verdict.DONE);
    for (Access access : Access.values()) {
      assertThat(state.conflicts(A, access)).isFalse();
      assertThat(state.conflicts(B, access)).isEqualTo(access != Access.NOTHING);
      assertThat(state.conflicts(null, access)).isEqualTo(access != Access.NOTHING);
    }
    assertThat(state.detached(B)).isEqualTo(state);
    assertThat(state.detached(A)).isEqualTo(ReservationState.NONE);
    assertThat(ask(SIMPLE_RELEASE, A, 0, 0, null)).isEqualTo(Verdict.DONE);
    assertThat(state).isEqualTo(ReservationState.NONE);
  }

  @Test
  void shouldNotMixBothWays() {
    reserved(WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
    ReservationState before = state;
    Nexus stranger = new Nexus("stranger", 1);
    for (Action action : new Action[] {SIMPLE_RESERVE, SIMPLE_RELEASE}) {
      assertThat(ask(action, B, 0, 0, null)).as("who has access").isEqualTo(Verdict.DONE);
      assertThat(ask(action, stranger, 0, 0, null)).isEqualTo(Verdict.CONFLICT);
    }
    assertThat(state).isEqualTo(before);
  }

  /** A client that is no initiator, such as one of NBD. */
  @ParameterizedTest
  @EnumSource(ReservationType.class)
  void shouldShutOutWhoIsNoInitiator(ReservationType type) {
    assertThat(state.conflicts(null, Access.WRITES)).isFalse();
    reserved(type);
    assertThat(state.conflicts(null, Access.WRITES)).isTrue();
    assertThat(state.conflicts(null, Access.READS))
        .isEqualTo(type.toString().startsWith("EXCLUSIVE"));
  }

  @Test
  void shouldClearByForce() {
    reserved(EXCLUSIVE_ACCESS);
    last = ReservationRules.clear(state);
    assertThat(last.state().keys()).isEmpty();
    assertThat(last.state().reserved()).isEmpty();
    assertThat(last.attentions()).containsOnlyKeys(A, B, C);
    state = ReservationState.NONE;
    ask(SIMPLE_RESERVE, A, 0, 0, null);
    last = ReservationRules.clear(state);
    assertThat(last.state().simple()).isNull();
    assertThat(last.attentions()).containsOnlyKeys(A);
  }
}
