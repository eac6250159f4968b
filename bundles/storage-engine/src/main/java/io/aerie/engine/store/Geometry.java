package io.aerie.engine.store;

/** The sizes that everything on disk and wire is made of (the storage design, "Words"). */
public final class Geometry {
  /** Grain of checksums and of ordering. */
  public static final int PAGE_BYTES = 4096;

  /** Grain of presence: absent, present or zero. */
  public static final int UNIT_BYTES = 64 * 1024;

  /** Grain of placement. */
  public static final int BLOCK_BYTES = 4 * 1024 * 1024;

  public static final int PAGES_PER_UNIT = UNIT_BYTES / PAGE_BYTES;
  public static final int UNITS_PER_BLOCK = BLOCK_BYTES / UNIT_BYTES;
  public static final int PAGES_PER_BLOCK = BLOCK_BYTES / PAGE_BYTES;

  private Geometry() {}
}
