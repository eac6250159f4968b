package io.aerie.sim;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.SwarKernel;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Whether a stripe's fragments belong together, byte for byte: parities made anew from the data are
 * those that the members have, and so are the row checksums. All members have the same version.
 */
final class StripeCheck {
  private final ErasureScheme scheme;
  private final BlockKey stripe;
  private final BlockImage[] fragments;
  private final boolean wholeRows;

  /**
   * Takes what the members have.
   *
   * @param images by disk; members that have nothing of the stripe have none
   * @param wholeRows whether a row of units must be there at all members or at none, as where
   *     something lies below
   */
  StripeCheck(GroupRecord group, BlockKey stripe, Map<UUID, BlockImage> images, boolean wholeRows) {
    this.wholeRows = wholeRows;
    scheme = group.redundancy().scheme();
    this.stripe = stripe;
    fragments = new BlockImage[scheme.fragmentCount()];
    for (int i = 0; i < fragments.length; i++) {
      fragments[i] = images.get(Stripes.member(group, stripe.index(), i));
    }
  }

  /** What is wrong, if anything. */
  Optional<String> violation() {
    for (int i = 0; i < fragments.length; i++) {
      if (fragments[i] == null
          || !fragments[i].version().version().equals(fragments[0].version().version())) {
        return Optional.of(
            String.format("%s: fragment %d is %s, fragment 0 %s", stripe, i, at(i), at(0)));
      }
    }
    for (int unit = 0; unit < 63; unit++) {
      if (wholeRows && torn(unit)) {
        return Optional.of(stripe + ": some fragments lack row of units " + unit);
      }
      ByteBuffer[] data = new ByteBuffer[scheme.dataCount()];
      for (int i = 0; i < data.length; i++) {
        data[i] = unit(i, unit);
      }
      ByteBuffer[] parities = new ByteBuffer[scheme.parityCount()];
      for (int i = 0; i < parities.length; i++) {
        parities[i] = ByteBuffer.allocate(Geometry.UNIT_BYTES);
      }
      new ErasureCode(scheme, new SwarKernel()).encode(data, parities);
      for (int i = 0; i < parities.length; i++) {
        int fragment = data.length + i;
        int mismatch = unit(fragment, unit).mismatch(parities[i]);
        if (mismatch >= 0) {
          return Optional.of(
              String.format(
                  "%s: parity %d is wrong in row %d",
                  stripe, i, unit * Stripes.UNIT_PAGES + mismatch / Geometry.PAGE_BYTES));
        }
        Optional<String> wrong = sums(fragment, unit, data);
        if (wrong.isPresent()) {
          return wrong;
        }
      }
    }
    return Optional.empty();
  }

  private boolean torn(int unit) {
    int absent = 0;
    for (BlockImage fragment : fragments) {
      absent += fragment.version().units().get(unit) == UnitState.ABSENT ? 1 : 0;
    }
    return absent != 0 && absent != fragments.length;
  }

  private String at(int fragment) {
    return fragments[fragment] == null
        ? "none"
        : fragments[fragment].version().version().toString();
  }

  private Optional<String> sums(int parity, int unit, ByteBuffer[] data) {
    ByteBuffer sums = unit(parity, 63);
    for (int page = 0; page < Stripes.UNIT_PAGES; page++) {
      int row = unit * Stripes.UNIT_PAGES + page;
      for (int i = 0; i < data.length; i++) {
        int expected =
            crc(data[i].slice(page * Geometry.PAGE_BYTES, Geometry.PAGE_BYTES))
                ^ crc(ByteBuffer.allocate(Geometry.PAGE_BYTES));
        if (sums.getInt(row * 64 + i * 4) != expected) {
          return Optional.of(
              String.format(
                  "%s: fragment %d has a wrong checksum of data %d in row %d",
                  stripe, parity, i, row));
        }
      }
    }
    return Optional.empty();
  }

  private static int crc(ByteBuffer page) {
    CRC32C crc = new CRC32C();
    crc.update(page);
    return (int) crc.getValue();
  }

  private ByteBuffer unit(int fragment, int unit) {
    ByteBuffer content = ByteBuffer.allocate(Geometry.UNIT_BYTES);
    BlockImage image = fragments[fragment];
    if (image.version().units().get(unit) == UnitState.PRESENT) {
      int before = 0;
      for (int i = 0; i < unit; i++) {
        before += image.version().units().get(i) == UnitState.PRESENT ? 1 : 0;
      }
      content.put(
          0,
          image.data(),
          image.data().position() + before * Geometry.UNIT_BYTES,
          Geometry.UNIT_BYTES);
    }
    return content;
  }
}
