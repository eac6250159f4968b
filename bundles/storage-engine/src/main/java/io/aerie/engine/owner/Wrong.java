package io.aerie.engine.owner;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Neighbouring pages of a member's block that are not what they are to be.
 *
 * @param disk whose
 * @param sources members whose pages of that range are believed; of fragments it is empty, since
 *     what they are made of is checked by the row checksums
 */
record Wrong(UUID disk, int firstPage, int pageCount, Set<UUID> sources) {
  /** An entry of 128 KiB fits into any log. */
  private static final int PAGES_MAX = 32;

  Wrong {
    sources = Set.copyOf(sources);
  }

  boolean continuedBy(UUID nextDisk, int page, Set<UUID> nextSources) {
    return disk.equals(nextDisk)
        && firstPage + pageCount == page
        && pageCount < PAGES_MAX
        && sources.equals(nextSources);
  }

  Wrong longer() {
    return new Wrong(disk, firstPage, pageCount + 1, sources);
  }

  List<Wrong> eachPage() {
    return IntStream.range(firstPage, firstPage + pageCount)
        .mapToObj(page -> new Wrong(disk, page, 1, sources))
        .toList();
  }
}
