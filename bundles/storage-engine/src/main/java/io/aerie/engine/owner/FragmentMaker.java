package io.aerie.engine.owner;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureCodes;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes a whole fragment of X others, unit by unit, and checks what it brought back. */
final class FragmentMaker {
  private static final int SUMS_UNIT = Redundancy.STRIPE_UNITS;
  private static final ByteBuffer ZEROES =
      ByteBuffer.allocate(Geometry.UNIT_BYTES).asReadOnlyBuffer();

  private final ErasureScheme scheme;
  private final ErasureCode code;
  private final Map<Integer, BlockImage> images;

  /** Where each present unit begins in its image's data, else -1. */
  private final Map<Integer, int[]> places = new TreeMap<>();

  private final int present;

  /** Of a parity among the images, if there is one. */
  private RowSums sums;

  /**
   * Takes X fragments.
   *
   * @param images by fragment number, all of one version
   */
  FragmentMaker(ErasureScheme scheme, ErasureCodes codes, Map<Integer, BlockImage> images) {
    this.scheme = scheme;
    code = codes.of(scheme);
    this.images = images;
    int mask = 0;
    for (Map.Entry<Integer, BlockImage> image : images.entrySet()) {
      mask |= 1 << image.getKey();
      places.put(image.getKey(), placesOf(image.getValue().version()));
    }
    present = mask;
    for (int fragment : images.keySet()) {
      if (fragment >= scheme.dataCount()) {
        sums = new RowSums(0, unit(fragment, SUMS_UNIT));
      }
    }
  }

  private static int[] placesOf(BlockVersion version) {
    int[] of = new int[Geometry.UNITS_PER_BLOCK];
    int next = 0;
    for (int unit = 0; unit < of.length; unit++) {
      boolean has = version.units().get(unit) == UnitState.PRESENT;
      of[unit] = has ? next : -1;
      next += has ? Geometry.UNIT_BYTES : 0;
    }
    return of;
  }

  private ByteBuffer unit(int fragment, int unit) {
    int place = places.get(fragment)[unit];
    if (place < 0) {
      return ZEROES.duplicate();
    }
    ByteBuffer data = images.get(fragment).data();
    return data.slice(data.position() + place, Geometry.UNIT_BYTES);
  }

  /** The fragment; empty when it is not what the row checksums say. */
  Optional<BlockImage> make(int target) {
    BlockVersion version = images.values().iterator().next().version();
    List<UnitState> units =
        new ArrayList<>(Collections.nCopies(Geometry.UNITS_PER_BLOCK, UnitState.ABSENT));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    RowSums made = RowSums.empty(0, StripeMap.ROWS);
    boolean parity = target >= scheme.dataCount();
    for (int unit = 0; unit < SUMS_UNIT; unit++) {
      UnitState most = mostOf(unit);
      if (most == UnitState.PRESENT) {
        ByteBuffer[] row = row(unit, target);
        if (!agree(unit, row)) {
          return Optional.empty();
        }
        sum(unit, row, made);
        units.set(unit, keep(row[target], data));
      } else {
        units.set(unit, most);
      }
    }
    if (parity) {
      ByteBuffer pages = (sums == null ? made : sums).pages();
      units.set(SUMS_UNIT, keep(pages, data));
    }
    return Optional.of(
        new BlockImage(
            new BlockVersion(version.block(), version.version(), version.groupEpoch(), units),
            ByteBuffer.wrap(data.toByteArray())));
  }

  /** What any of the fragments knows of a unit: data, zeroes, nothing. */
  private UnitState mostOf(int unit) {
    UnitState most = UnitState.ABSENT;
    for (BlockImage image : images.values()) {
      UnitState state = image.version().units().get(unit);
      if (state == UnitState.PRESENT || most == UnitState.ABSENT) {
        most = state;
      }
    }
    return most;
  }

  /** All data fragments of a unit and the target. */
  private ByteBuffer[] row(int unit, int target) {
    ByteBuffer[] row = new ByteBuffer[scheme.fragmentCount()];
    int missing = 1 << target;
    for (int i = 0; i < row.length; i++) {
      if ((present & 1 << i) != 0) {
        row[i] = unit(i, unit);
      } else if (i < scheme.dataCount()) {
        missing |= 1 << i;
      }
    }
    for (int i = 0; i < row.length; i++) {
      if ((missing & 1 << i) != 0) {
        row[i] = ByteBuffer.allocate(Geometry.UNIT_BYTES);
      }
    }
    code.reconstruct(row, present, missing);
    return row;
  }

  private boolean agree(int unit, ByteBuffer[] row) {
    for (int i = 0; sums != null && i < scheme.dataCount(); i++) {
      for (int page = 0; page < Geometry.PAGES_PER_UNIT; page++) {
        int at = row[i].position() + page * Geometry.PAGE_BYTES;
        if (!sums.agrees(unit * Geometry.PAGES_PER_UNIT + page, i, row[i], at)) {
          return false;
        }
      }
    }
    return true;
  }

  private void sum(int unit, ByteBuffer[] row, RowSums made) {
    for (int i = 0; i < scheme.dataCount(); i++) {
      for (int page = 0; page < Geometry.PAGES_PER_UNIT; page++) {
        int at = row[i].position() + page * Geometry.PAGE_BYTES;
        made.put(unit * Geometry.PAGES_PER_UNIT + page, i, row[i], at);
      }
    }
  }

  /** Zeroes take no room. */
  private static UnitState keep(ByteBuffer content, ByteArrayOutputStream data) {
    if (content.equals(ZEROES)) {
      return UnitState.ZERO;
    }
    byte[] bytes = new byte[content.remaining()];
    content.get(content.position(), bytes);
    data.writeBytes(bytes);
    return UnitState.PRESENT;
  }
}
