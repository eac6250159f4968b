package io.aerie.storage.admin;

import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What all clients of a volume together may ask of it. Of a volume: empty for what is not limited.
 * Of a change: empty for what stays, 0 for what is not to be limited any more.
 *
 * @param readOperationsPerSecond reads of up to 1 MiB
 * @param writeOperationsPerSecond writes of up to 1 MiB, and zeroings
 * @param readBytesPerSecond at least 4096
 * @param writeBytesPerSecond at least 4096; zeroing counts none
 */
public record VolumeLimits(
    OptionalLong readOperationsPerSecond,
    OptionalLong writeOperationsPerSecond,
    OptionalLong readBytesPerSecond,
    OptionalLong writeBytesPerSecond) {
  /** As much as the disks give. */
  public static final VolumeLimits NONE =
      new VolumeLimits(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  /** As a change: takes all limits away. */
  public static final VolumeLimits REMOVED =
      new VolumeLimits(
          OptionalLong.of(0), OptionalLong.of(0), OptionalLong.of(0), OptionalLong.of(0));

  private static String part(String name, OptionalLong limit) {
    return limit.isPresent() ? name + " " + limit.getAsLong() : "";
  }

  /** Those that are there, by their names; {@code none} without any. */
  @Override
  public String toString() {
    String parts =
        Stream.of(
                part("readOperationsPerSecond", readOperationsPerSecond),
                part("writeOperationsPerSecond", writeOperationsPerSecond),
                part("readBytesPerSecond", readBytesPerSecond),
                part("writeBytesPerSecond", writeBytesPerSecond))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(", "));
    return parts.isEmpty() ? "none" : parts;
  }
}
