package io.aerie.iscsi.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Goal: what could make a host overwrite a volume isn't served, whatever documents say. */
final class TargetsTest {
  private final Targets targets = new Targets();

  private static TargetDefinition target(String name, Map<Integer, UnitDefinition> units) {
    return new TargetDefinition(name, new TreeMap<>(units), List.of(), /* chap= */ null);
  }

  private static UnitDefinition blocks(String volume, int blockBytes) {
    return new UnitDefinition(volume, /* readOnly= */ false, blockBytes);
  }

  private List<Integer> numbers(String name) {
    return List.copyOf(targets.find(name).orElseThrow().units().keySet());
  }

  @Test
  void shouldNotServeAVolumeInBlocksOfTwoLengths() {
    TargetDefinition first = target("a", Map.of(1, blocks("v1", 512), 2, blocks("v2", 4096)));
    targets.set(List.of(first, target("b", Map.of(1, blocks("v1", 4096)))));
    assertThat(numbers("a")).containsExactly(2);
    assertThat(numbers("b")).isEmpty();
    targets.set(List.of(first, target("b", Map.of(1, blocks("v2", 4096)))));
    assertThat(numbers("a")).containsExactly(1, 2);
    assertThat(numbers("b")).containsExactly(1);
  }
}
