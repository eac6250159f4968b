package io.aerie.iscsi.scsi;

import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.iscsi.scsi.BlockCommands.Range;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.Nexus;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A volume as one initiator's disk. */
public final class LogicalUnit {
  private final Unit unit;
  private final LongSupplier presentSize;
  private final BooleanSupplier readOnly;
  private final Supplier<PortGroups> ports;
  private final Supplier<List<Integer>> units;
  private final Attentions attentions;
  private final BlockVolume volume;
  private final BlockCommands blocks;
  private final ReservationCommands reservations;
  private final CopyResults copies = new CopyResults();
  private final ExtendedCopy copy;
  private volatile long sizeBytes;
  private volatile int optimised;

  /**
   * @param nexus of the initiator with this unit
   * @param presentSize asks for the volume's size as it is now, bytes
   * @param readOnly asks whether the unit is write-protected now
   * @param ports asks for the ways to the volume as they are now
   * @param units the numbers of all units of the target
   * @param attentions of this initiator at this unit
   * @param find the unit of an NAA identifier, of the same target as the same initiator has it;
   *     complete with null when there is none. Called where commands are run
   */
  public LogicalUnit(
      Unit unit,
      BlockVolume volume,
      Nexus nexus,
      LongSupplier presentSize,
      BooleanSupplier readOnly,
      Supplier<PortGroups> ports,
      Supplier<List<Integer>> units,
      Attentions attentions,
      LongFunction<CompletableFuture<LogicalUnit>> find) {
    this.unit = unit;
    this.presentSize = presentSize;
    this.readOnly = readOnly;
    this.ports = ports;
    this.units = units;
    this.attentions = attentions;
    this.volume = volume;
    this.blocks = new BlockCommands(volume, unit.blockBytes());
    this.reservations = new ReservationCommands(volume, nexus, () -> ports.get().tags());
    this.copy = new ExtendedCopy(find, copies);
    this.sizeBytes = volume.sizeBytes();
    this.optimised = ports.get().optimised();
  }

  /**
   * Finds a command valid or not; then its work is to say why not.
   *
   * @param bytes of the command, 16
   */
  public Work prepare(byte[] bytes) {
    Cdb cdb = new Cdb(bytes);
    try {
      if (cdb.operation() == null) {
        // As SPC-4 asks, attentions come before a refusal.
        return Work.failed(
            tell(
                Operation.hasServiceActions(cdb.u8(0))
                    ? Sense.INVALID_FIELD_IN_CDB
                    : Sense.INVALID_OPCODE));
      }
      refresh(cdb.operation());
      return switch (cdb.operation()) {
        case INQUIRY -> Work.answer(Inquiry.answer(cdb, unit));
        case REPORT_LUNS -> Work.answer(Reports.units(cdb, units.get()));
        case REQUEST_SENSE -> Work.answer(requestSense(cdb, attentions.take()));
        default -> afterAttentions(cdb);
      };
    } catch (CheckCondition e) {
      return Work.failed(e.sense());
    }
  }

  private Sense tell(Sense otherwise) {
    Sense attention = attentions.take();
    return attention == null ? otherwise : attention;
  }

  /** With commands that ask how the unit is; those that move data shall not pay for it. */
  private void refresh(Operation operation) {
    switch (operation) {
      case TEST_UNIT_READY, READ_CAPACITY_10, READ_CAPACITY_16, REQUEST_SENSE -> {
        long present = presentSize.getAsLong();
        if (present != sizeBytes) {
          sizeBytes = present;
          attentions.add(Sense.CAPACITY_CHANGED);
        }
        int best = ports.get().optimised();
        // While there is no owner nothing is better than before.
        if (best != optimised && best != 0) {
          optimised = best;
          attentions.add(Sense.PATHS_CHANGED);
        }
      }
      default -> {}
    }
  }

  private Outcome reportPorts(Cdb cdb) {
    PortGroups present = ports.get();
    if (present.optimised() != 0) {
      // Who has read it needs no attention.
      optimised = present.optimised();
    }
    return present.report(cdb);
  }

  private Work afterAttentions(Cdb cdb) {
    Sense attention = attentions.take();
    if (attention != null) {
      return Work.failed(attention);
    }
    if (reservations.excludes(cdb.operation())) {
      return Work.answer(Outcome.CONFLICT);
    }
    if (cdb.operation().changesBlocks()) {
      checkWritable();
      // And again when the initiator has sent its data, which may take long.
      return blockCommand(cdb).checkedBy(this::checkWritable);
    }
    return blockCommand(cdb);
  }

  private void checkWritable() {
    if (isReadOnly()) {
      throw new CheckCondition(Sense.WRITE_PROTECTED);
    }
  }

  private Work blockCommand(Cdb cdb) {
    return switch (cdb.operation()) {
      case READ_6, READ_10, READ_12, READ_16 -> blocks.read(cdb, range(cdb));
      case WRITE_6, WRITE_10, WRITE_12, WRITE_16 -> blocks.write(cdb, range(cdb));
      case WRITE_AND_VERIFY_10, WRITE_AND_VERIFY_12, WRITE_AND_VERIFY_16 ->
          blocks.writeAndVerify(cdb, range(cdb));
      case VERIFY_10, VERIFY_12, VERIFY_16 -> blocks.verify(cdb, range(cdb));
      case WRITE_SAME_10, WRITE_SAME_16 -> blocks.writeSame(cdb, range(cdb));
      case COMPARE_AND_WRITE -> blocks.compareAndWrite(cdb, range(cdb));
      case UNMAP -> blocks.unmap(cdb, sizeBytes);
      case PREFETCH_10, PREFETCH_16, SYNCHRONIZE_CACHE_10, SYNCHRONIZE_CACHE_16 -> {
        range(cdb);
        yield Work.answer(Outcome.DONE);
      }
      default -> administrative(cdb);
    };
  }

  private Work administrative(Cdb cdb) {
    return switch (cdb.operation()) {
      case TEST_UNIT_READY -> Work.answer(Outcome.DONE);
      case START_STOP_UNIT -> startStop(cdb);
      case READ_CAPACITY_10 -> Work.answer(capacity10());
      case READ_CAPACITY_16 -> Work.answer(capacity16(cdb));
      case GET_LBA_STATUS -> ProvisioningStatus.ask(cdb, volume, sizeBytes, unit.blockBytes());
      case MODE_SENSE_6, MODE_SENSE_10 ->
          Work.answer(ModePages.sense(cdb, blockCount(), unit.blockBytes(), isReadOnly()));
      case MODE_SELECT_6, MODE_SELECT_10 -> ModePages.select(cdb, blockCount(), unit.blockBytes());
      case READ_KEYS, READ_RESERVATION, REPORT_RESERVATION_CAPABILITIES, READ_FULL_STATUS ->
          reservations.read(cdb);
      case REGISTER,
          RESERVE,
          RELEASE,
          CLEAR,
          PREEMPT,
          PREEMPT_AND_ABORT,
          REGISTER_AND_IGNORE_EXISTING_KEY,
          REGISTER_AND_MOVE ->
          reservations.change(cdb);
      case EXTENDED_COPY -> copy.prepare(cdb);
      case RECEIVE_COPY_STATUS -> Work.answer(copies.report(cdb));
      case RECEIVE_COPY_OPERATING_PARAMETERS ->
          Work.answer(ExtendedCopy.operatingParameters(cdb, unit.blockBytes()));
      case RESERVE_6, RELEASE_6 -> reservations.simple(cdb);
      case REPORT_TARGET_PORT_GROUPS -> Work.answer(reportPorts(cdb));
      case READ_DEFECT_DATA_10, READ_DEFECT_DATA_12 -> Work.answer(Reports.defects(cdb));
      case REPORT_SUPPORTED_OPERATION_CODES -> Work.answer(Reports.operations(cdb));
      case REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS -> Work.answer(Reports.taskManagement(cdb));
      default -> throw new IllegalStateException("not carried out: " + cdb.operation());
    };
  }

  /**
   * The session lets go of the unit: gives back what RESERVE(6) gave it. Complete, well or not,
   * when others know it.
   */
  public CompletableFuture<Void> giveBack() {
    return reservations.simple() ? reservations.release() : CompletableFuture.completedFuture(null);
  }

  private Range range(Cdb cdb) {
    return range(cdb.firstBlock(), cdb.blockCount());
  }

  /** A range of blocks, when the unit has them. */
  Range range(long first, long count) {
    return blocks.range(first, count, sizeBytes);
  }

  /** Length of a logical block, bytes. */
  int blockBytes() {
    return unit.blockBytes();
  }

  boolean isReadOnly() {
    return readOnly.getAsBoolean();
  }

  /** Its volume, as this initiator has attached it. */
  BlockVolume volume() {
    return volume;
  }

  private long blockCount() {
    return sizeBytes / unit.blockBytes();
  }

  /** Nothing turns and nothing can be taken out. */
  private static Work startStop(Cdb cdb) {
    if (cdb.has(4, 0x02)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    return Work.answer(Outcome.DONE);
  }

  private Outcome capacity10() {
    long last = Math.min(blockCount() - 1, 0xffff_ffffL);
    return Outcome.data(ByteBuffer.allocate(8).putInt((int) last).putInt(unit.blockBytes()).flip());
  }

  private Outcome capacity16(Cdb cdb) {
    byte[] data =
        ByteBuffer.allocate(32)
            .putLong(blockCount() - 1)
            .putInt(unit.blockBytes())
            .put(13, (byte) unit.physicalExponent())
            // Thin, and what is unmapped reads as zeroes; the first block is aligned.
            .put(14, (byte) 0xc0)
            .array();
    return Outcome.data(data, cdb.allocation32(10));
  }

  private static Outcome requestSense(Cdb cdb, Sense attention) {
    if (cdb.has(1, 0x01)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    Sense sense = attention == null ? Sense.NONE : attention;
    return Outcome.data(sense.toBytes(), cdb.u8(4));
  }

  /** What a target says to a number that no unit has. */
  public static Work absent(byte[] bytes, int number, Supplier<List<Integer>> units) {
    Cdb cdb = new Cdb(bytes);
    try {
      if (cdb.operation() == Operation.INQUIRY) {
        return Work.answer(Inquiry.answerAbsent(cdb, number == 0));
      }
      if (cdb.operation() == Operation.REPORT_LUNS) {
        return Work.answer(Reports.units(cdb, units.get()));
      }
      if (cdb.operation() == Operation.REQUEST_SENSE) {
        return Work.answer(requestSense(cdb, Sense.UNIT_NOT_SUPPORTED));
      }
      return Work.failed(Sense.UNIT_NOT_SUPPORTED);
    } catch (CheckCondition e) {
      return Work.failed(e.sense());
    }
  }

  /**
   * What is said of a unit whose volume can't be opened now: it is there, but not ready. What would
   * move data has no answer while this node can't reach storage, just as when that happens to an
   * open volume: initiators try again, or go another way; many take "not ready" for the disk's end.
   */
  public static Work unavailable(byte[] bytes, Throwable failure, Supplier<List<Integer>> units) {
    Cdb cdb = new Cdb(bytes);
    Sense sense = Failures.ofOpening(failure);
    try {
      if (cdb.operation() == Operation.INQUIRY && !cdb.has(1, 1)) {
        return Work.answer(Inquiry.answer(cdb, null));
      }
      if (cdb.operation() == Operation.REPORT_LUNS) {
        return Work.answer(Reports.units(cdb, units.get()));
      }
      if (cdb.operation() == Operation.REQUEST_SENSE) {
        return Work.answer(requestSense(cdb, sense));
      }
      if (cdb.operation() != null
          && cdb.operation().movesData()
          && Causes.isRefusal(failure, ErrorCode.UNAVAILABLE)) {
        return Work.unanswered(failure);
      }
      return Work.failed(sense);
    } catch (CheckCondition e) {
      return Work.failed(e.sense());
    }
  }

  /** For a command that no unit understands. */
  public static Work refused() {
    return Work.failed(Sense.INVALID_FIELD_IN_CDB);
  }
}
