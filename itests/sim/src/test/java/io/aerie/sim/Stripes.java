package io.aerie.sim;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import java.util.List;
import java.util.UUID;

/**
 * Where pages of volumes are, by docs/storage-protocol.md and docs/erasure-code.md, reckoned here
 * once more: a mistake of the core's own map would else not be seen.
 */
final class Stripes {
  static final int UNIT_PAGES = 16;
  static final int ROWS = 63 * UNIT_PAGES;

  private Stripes() {}

  /** Pages of a volume in one block or stripe. */
  static int spanPages(Redundancy redundancy) {
    return redundancy.striped() ? redundancy.dataCount() * ROWS : 1024;
  }

  static BlockKey block(VolumeRecord volume, long page) {
    return new BlockKey(volume.live().number(), (int) (page / spanPages(volume.redundancy())));
  }

  /** The page of the block, or the row of the stripe. */
  static int row(VolumeRecord volume, long page) {
    int within = (int) (page % spanPages(volume.redundancy()));
    if (!volume.redundancy().striped()) {
      return within;
    }
    return within / UNIT_PAGES / volume.redundancy().dataCount() * UNIT_PAGES + within % UNIT_PAGES;
  }

  /** The data fragment that has a page. */
  static int fragment(VolumeRecord volume, long page) {
    int within = (int) (page % spanPages(volume.redundancy()));
    return within / UNIT_PAGES % volume.redundancy().dataCount();
  }

  static UUID member(GroupRecord group, int stripe, int fragment) {
    return group.members().get((fragment + stripe) % group.members().size());
  }

  static GroupRecord group(RcdState rcd, VolumeRecord volume, BlockKey block) {
    List<GroupRecord> groups = rcd.groupsOf(volume.pool(), volume.redundancy());
    return groups.get(Placement.group(volume.live().seed(), block.index(), groups.size()));
  }
}
