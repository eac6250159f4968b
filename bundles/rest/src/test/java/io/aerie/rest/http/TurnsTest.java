package io.aerie.rest.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns(4, 3);
  private final List<String> served = new ArrayList<>();

  /** The address' next request; whose it is, is told when it is served. */
  private void begin(String address) {
    if (turns.begin(address, () -> served.add(address))) {
      served.add(address);
    }
  }

  private void begin(String address, int times) {
    for (int i = 0; i < times; i++) {
      begin(address);
    }
  }

  private void end(String address) {
    turns.end(address).ifPresent(Runnable::run);
  }

  @Test
  void shouldServeSoManyAndSoManyOfAnAddress() {
    begin("a", 5);
    begin("b", 5);
    assertThat(served).containsExactly("a", "a", "a", "b");
  }

  @Test
  void shouldGiveAFreeTurnToWhoHasFewest() {
    begin("a", 9);
    begin("b", 9);
    begin("c");
    served.clear();
    end("a");
    assertThat(served).containsExactly("c");
    end("a");
    assertThat(served).containsExactly("c", "a");
    end("c");
    assertThat(served).containsExactly("c", "a", "b");
  }

  @Test
  void shouldGiveItToWhoWaitedLongestAmongEquals() {
    begin("a", 2);
    begin("b", 2);
    for (String address : List.of("d", "c", "e")) {
      begin(address);
    }
    served.clear();
    for (String address : List.of("a", "a", "b")) {
      end(address);
    }
    assertThat(served).containsExactly("d", "c", "e");
  }

  @Test
  void shouldGiveTurnsBackWhoeverEnds() {
    begin("a", 9);
    begin("b", 9);
    for (int i = 0; i < 9; i++) {
      end("a");
      end("b");
    }
    served.clear();
    begin("c", 3);
    begin("d", 3);
    assertThat(served).containsExactly("c", "c", "c", "d");
  }

  @Test
  void shouldTellWhoIsBeyondItsShareOnceAnotherWaits() {
    begin("a", 3);
    begin("b", 1);
    assertThat(turns.beyondShare()).isEmpty();
    begin("a");
    // it waits for itself
    assertThat(turns.beyondShare()).isEmpty();
    begin("b");
    assertThat(turns.beyondShare()).containsOnly(Map.entry("a", 1));
    end("a");
    assertThat(turns.beyondShare()).isEmpty();
  }

  @Test
  void shouldGrantNobodyAShareWhenThereAreMoreAddressesThanTurns() {
    for (String address : List.of("a", "b", "c", "d")) {
      begin(address);
    }
    begin("e");
    assertThat(turns.beyondShare()).hasSize(4).containsEntry("a", 1).doesNotContainKey("e");
  }
}
