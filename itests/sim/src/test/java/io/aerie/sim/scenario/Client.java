package io.aerie.sim.scenario;

import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.ReservationRequest;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A client's attachment: operations are begun, and end when the scenario lets them. */
final class Client {
  private final Scenario scenario;
  private final VolumeClient client;

  Client(Scenario scenario, VolumeClient client) {
    this.scenario = scenario;
    this.client = client;
  }

  long generation() {
    return client.generation();
  }

  /** Begins to write a page, every word of it the value. */
  Operation write(long page, long value) {
    return write(page, value, 1);
  }

  /** Begins to write so many pages. */
  Operation write(long page, long value, int pages) {
    return writeBytes(page * Geometry.PAGE_BYTES, pages * Geometry.PAGE_BYTES, value);
  }

  /** Begins to write any bytes. */
  Operation writeBytes(long offset, int length, long value) {
    ByteBuffer data = ByteBuffer.allocate(length);
    while (data.hasRemaining()) {
      data.putLong(value);
    }
    Operation operation = new Operation(scenario, "write at " + offset);
    client.write(
        offset,
        data.flip(),
        (nothing, failure) -> {
          Arrays.fill(data.array(), (byte) 0xFF);
          operation.end(value, failure);
        });
    return operation;
  }

  /**
   * Begins to write the last word of a page if it is as expected; ends with the offset of the first
   * difference, or -1.
   */
  Operation compareAndWrite(long page, long expected, long value) {
    Operation operation = new Operation(scenario, "compare and write of page " + page);
    client.compareAndWrite(
        (page + 1) * Geometry.PAGE_BYTES - Long.BYTES,
        ByteBuffer.allocate(Long.BYTES).putLong(0, expected),
        ByteBuffer.allocate(Long.BYTES).putLong(0, value),
        (difference, failure) -> operation.end(failure == null ? difference : 0, failure));
    return operation;
  }

  /** Begins to make pages zero. */
  Operation zero(long page, int pages) {
    Operation operation = new Operation(scenario, "zeroing of page " + page);
    client.zero(
        page * Geometry.PAGE_BYTES,
        (long) pages * Geometry.PAGE_BYTES,
        (nothing, failure) -> operation.end(0, failure));
    return operation;
  }

  /** Begins to read a page. */
  Operation read(long page) {
    return read(page, 1);
  }

  /** Begins to read so many pages, which have one value. */
  Operation read(long page, int pages) {
    Operation operation = new Operation(scenario, "read of page " + page);
    client.read(
        page * Geometry.PAGE_BYTES,
        pages * Geometry.PAGE_BYTES,
        (data, failure) -> operation.end(failure == null ? firstWord(data) : -1, failure));
    return operation;
  }

  private static long firstWord(ByteBuffer data) {
    long word = data.getLong(data.position());
    for (int at = data.position(); at < data.limit(); at += Long.BYTES) {
      if (data.getLong(at) != word) {
        return Long.MIN_VALUE;
      }
    }
    return word;
  }

  /** Begins to ask what so many units read as. */
  Units units(long first, int count) {
    Units units = new Units(scenario, "content of units from " + first);
    client.extents(first * Geometry.UNIT_BYTES, (long) count * Geometry.UNIT_BYTES, units::end);
    return units;
  }

  /** Begins to change reservations; ends with the number of the verdict. */
  Operation reserve(ReservationRequest request) {
    Operation operation = new Operation(scenario, request.action().toString());
    client.changeReservation(
        request,
        (verdict, failure) -> operation.end(failure == null ? verdict.ordinal() : 0, failure));
    return operation;
  }

  /** Begins to ask for reservations; ends with PRGENERATION. */
  Operation generationOfReservations() {
    Operation operation = new Operation(scenario, "look at reservations");
    client.reservation(
        (state, failure) -> operation.end(failure == null ? state.generation() : 0, failure));
    return operation;
  }

  /** Begins to end the attachment. */
  Operation close() {
    Operation operation = new Operation(scenario, "close");
    client.close((nothing, failure) -> operation.end(0, failure));
    return operation;
  }
}
