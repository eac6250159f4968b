package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * How far the change of a volume's protection has come.
 *
 * <pre>
 *  volume (wish) --drained, Freeze--> its record goes on as the *former* one, which nobody can open;
 *      id, name, attachments and reservations go to its *successor*, a volume of the wished
 *      protection that begins as a clone of it, under the same owner
 *  successor: filled with what only the former one has --ConversionDone--> the former one is deleted
 * </pre>
 *
 * @param wish what it is to become; empty when nothing is wanted
 * @param successor number of the volume that took its place; 0 when it is nobody's former one
 * @param filledPlaces blocks, or stripes, from the first on, that need the former one no more
 */
public record Conversion(Optional<Wish> wish, long successor, long filledPlaces) {
  /** Nothing. */
  public static final Conversion NONE = new Conversion(Optional.empty(), 0, 0);

  /**
   * What a volume is to become.
   *
   * @param former id of what it leaves: of the record that stays behind, and of its snapshot
   * @param seed of the first layer's placement
   */
  public record Wish(Redundancy redundancy, UUID former, long seed) {}

  static Conversion wishing(Wish wish, Conversion before) {
    return new Conversion(Optional.of(wish), before.successor, before.filledPlaces);
  }

  Conversion withoutWish() {
    return new Conversion(Optional.empty(), successor, filledPlaces);
  }

  Conversion filled(long places) {
    return new Conversion(wish, successor, Math.max(filledPlaces, places));
  }

  /** What was filled may have been lost. */
  Conversion fromTheFirst() {
    return new Conversion(wish, successor, 0);
  }

  static Conversion former(long successor) {
    return new Conversion(Optional.empty(), successor, 0);
  }

  /** Whether another volume has its place. */
  public boolean isFormer() {
    return successor != 0;
  }

  void write(DataOutput out) throws IOException {
    out.writeBoolean(wish.isPresent());
    if (wish.isPresent()) {
      wish.get().redundancy().write(out);
      RcdFormat.writeUuid(out, wish.get().former());
      out.writeLong(wish.get().seed());
    }
    out.writeLong(successor);
    out.writeLong(filledPlaces);
  }

  static Conversion read(DataInput in) throws IOException {
    Optional<Wish> wish =
        in.readBoolean()
            ? Optional.of(new Wish(Redundancy.read(in), RcdFormat.readUuid(in), in.readLong()))
            : Optional.empty();
    return new Conversion(wish, in.readLong(), in.readLong());
  }
}
