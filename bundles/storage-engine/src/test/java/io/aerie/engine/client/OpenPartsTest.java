package io.aerie.engine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What clients have on their way stays within the node's memory, and none is held up by another.
 */
class OpenPartsTest {
  private static final int PART_BYTES = Message.PAYLOAD_BYTES_MAX;
  private static final ByteBuffer DATA = ByteBuffer.allocate(PART_BYTES);

  private final PartBudget budget = new PartBudget();
  private long number;

  private ClientPart part(Operation kind) {
    ByteBuffer data = kind == Operation.WRITE ? DATA : ByteBuffer.allocate(0);
    return new ClientPart(null, number++, kind, 0, PART_BYTES, data);
  }

  /** Opens as many as it may. */
  private List<ClientPart> fill(OpenParts parts, Operation kind) {
    List<ClientPart> opened = new ArrayList<>();
    while (parts.hasRoom()) {
      ClientPart part = part(kind);
      opened.add(part);
      parts.add(part);
    }
    return opened;
  }

  @Test
  void shouldLetOneAloneTakeAll() {
    for (Operation kind : List.of(Operation.WRITE, Operation.READ)) {
      OpenParts parts = new OpenParts(budget);
      assertThat(fill(parts, kind)).hasSize((int) (PartBudget.BYTES_MAX / PART_BYTES));
      parts.clear();
    }
  }

  @Test
  void shouldShareEvenlyAndGiveBack() {
    OpenParts first = new OpenParts(budget);
    List<ClientPart> opened = fill(first, Operation.WRITE);
    OpenParts second = new OpenParts(budget);
    second.add(part(Operation.READ));
    assertThat(1 + fill(second, Operation.WRITE).size()).isEqualTo(opened.size() / 2);
    opened.subList(0, opened.size() / 2).forEach(first::remove);
    assertThat(first.hasRoom()).isFalse();
    second.clear();
    assertThat(fill(first, Operation.WRITE)).hasSize(opened.size() / 2);
  }

  @Test
  void shouldLetEachHaveOneHoweverManyThereAre() {
    List<OpenParts> sessions = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < 100; i++) {
      OpenParts parts = new OpenParts(budget);
      sessions.add(parts);
      bytes += fill(parts, Operation.WRITE).size() * PART_BYTES;
    }
    assertThat(sessions).noneMatch(OpenParts::hasRoom);
    assertThat((long) bytes).isLessThan(6 * PartBudget.BYTES_MAX + 100L * PART_BYTES);
  }

  @Test
  void shouldNotCountWhatTakesNoMemory() {
    OpenParts parts = new OpenParts(budget);
    assertThat(fill(parts, Operation.ZERO)).hasSize(256);
    OpenParts other = new OpenParts(budget);
    assertThat(fill(other, Operation.WRITE)).hasSize((int) (PartBudget.BYTES_MAX / PART_BYTES));
  }
}
