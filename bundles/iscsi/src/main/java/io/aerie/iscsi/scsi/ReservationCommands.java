package io.aerie.iscsi.scsi;

import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationRequest.Move;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import io.aerie.storage.reservation.ReservationType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * PERSISTENT RESERVE IN and OUT, SPC-4, sections 6.15 and 6.16; RESERVE(6) and RELEASE(6), SPC-2,
 * sections 7.16 and 7.21. Storage decides, and keeps it: nothing of it is here.
 */
final class ReservationCommands {
  private static final int PARAMETER_BYTES = 24;

  /** PERSISTENT RESERVE OUT takes no more: a TransportID has at most 2^16 bytes, names fewer. */
  private static final int PARAMETER_BYTES_MAX = 1024;

  private static final int APTPL = 0x01;
  private static final int ALL_TARGET_PORTS = 0x04;
  private static final int SPECIFIED_INITIATORS = 0x08;
  private static final int UNREGISTER = 0x02;

  private final BlockVolume volume;
  private final Nexus nexus;
  private final Supplier<List<Integer>> ports;

  /** Whether RESERVE(6) gave it the unit, as far as this session knows. */
  private volatile boolean simple;

  /**
   * @param nexus of the session with this unit
   * @param ports the numbers of all ports of the target
   */
  ReservationCommands(BlockVolume volume, Nexus nexus, Supplier<List<Integer>> ports) {
    this.volume = volume;
    this.nexus = nexus;
    this.ports = ports;
  }

  /** Commands that move data are checked where storage does them; the others here. */
  boolean excludes(Operation operation) {
    Access access = operation.access();
    return access != Access.NOTHING && volume.excluded(access);
  }

  Work read(Cdb cdb) {
    int allocation = cdb.u16(7);
    return switch (cdb.operation()) {
      case READ_KEYS -> answer(allocation, ReservationReports::keys);
      case READ_RESERVATION -> answer(allocation, ReservationReports::reservation);
      case REPORT_RESERVATION_CAPABILITIES -> answer(allocation, ReservationReports::capabilities);
      default -> answer(allocation, ReservationReports::fullStatus);
    };
  }

  private Work answer(int allocation, Function<ReservationState, byte[]> report) {
    return new Work(
        0,
        allocation,
        data ->
            volume
                .reservation()
                .handle(
                    failing(
                        state ->
                            state.simple() != null && !state.simple().equals(nexus)
                                ? Outcome.CONFLICT
                                : Outcome.data(report.apply(state), allocation))));
  }

  private static <T> BiFunction<T, Throwable, Outcome> failing(Function<T, Outcome> outcome) {
    return (value, failure) ->
        failure == null ? outcome.apply(value) : Failures.outcome(null, failure, /* write= */ true);
  }

  Work change(Cdb cdb) {
    Action action = Action.values()[cdb.u8(1) & 0x1f];
    boolean typed =
        switch (action) {
          case RESERVE, RELEASE, PREEMPT, PREEMPT_AND_ABORT -> true;
          default -> false;
        };
    Optional<ReservationType> type = ReservationType.of(cdb.u8(2) & 0x0f);
    if (typed && (type.isEmpty() || cdb.u8(2) >> 4 != 0)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    long length = cdb.u32(5);
    boolean move = action == Action.REGISTER_AND_MOVE;
    if (length < PARAMETER_BYTES || length > PARAMETER_BYTES_MAX) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    return new Work(
        (int) length,
        0,
        data -> {
          if (data.remaining() < length) {
            throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
          }
          ByteBuffer list = data.slice();
          return ask(move ? moving(list) : request(action, typed ? type.get() : null, list));
        });
  }

  private ReservationRequest request(Action action, ReservationType type, ByteBuffer list) {
    int flags = list.get(20);
    boolean registers =
        action == Action.REGISTER || action == Action.REGISTER_AND_IGNORE_EXISTING_KEY;
    if (registers && (flags & (SPECIFIED_INITIATORS | ALL_TARGET_PORTS)) != 0) {
      // The capabilities say that neither is there.
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    if (list.remaining() != PARAMETER_BYTES) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    boolean persistent = registers && (flags & APTPL) != 0;
    return new ReservationRequest(
        action, nexus, list.getLong(0), list.getLong(8), type, persistent);
  }

  private ReservationRequest moving(ByteBuffer list) {
    int flags = list.get(17);
    int port = list.getShort(18) & 0xffff;
    int length = list.getInt(20);
    if (length != list.remaining() - PARAMETER_BYTES) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    String initiator = TransportId.read(list.slice(PARAMETER_BYTES, length));
    if (!ports.get().contains(port)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    return new ReservationRequest(
        Action.REGISTER_AND_MOVE,
        nexus,
        list.getLong(0),
        list.getLong(8),
        null,
        (flags & APTPL) != 0,
        new Move(new Nexus(initiator, port), (flags & UNREGISTER) != 0));
  }

  /** RESERVE(6) and RELEASE(6); third parties and extents are obsolete. */
  Work simple(Cdb cdb) {
    if (cdb.has(1, 0x1f)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    boolean reserve = cdb.operation() == Operation.RESERVE_6;
    return new Work(0, 0, data -> simple(reserve));
  }

  private CompletableFuture<Outcome> simple(boolean reserve) {
    if (reserve) {
      simple = true;
    }
    Action action = reserve ? Action.SIMPLE_RESERVE : Action.SIMPLE_RELEASE;
    return ask(new ReservationRequest(action, nexus, 0, 0, null, false));
  }

  /** Whether the session may have the unit by RESERVE(6). */
  boolean simple() {
    return simple;
  }

  /** Gives back what RESERVE(6) gave; also complete when that failed. */
  CompletableFuture<Void> release() {
    simple = false;
    return simple(/* reserve= */ false).handle((done, failure) -> null);
  }

  private CompletableFuture<Outcome> ask(ReservationRequest request) {
    return volume.changeReservation(request).handle(failing(ReservationCommands::outcome));
  }

  private static Outcome outcome(Verdict verdict) {
    return switch (verdict) {
      case DONE -> Outcome.DONE;
      case CONFLICT -> Outcome.CONFLICT;
      case INVALID_PARAMETERS -> Outcome.check(Sense.INVALID_FIELD_IN_PARAMETERS);
      case INVALID_RELEASE -> Outcome.check(Sense.INVALID_RELEASE);
      case TOO_MANY -> Outcome.check(Sense.TOO_MANY_REGISTRATIONS);
    };
  }
}
