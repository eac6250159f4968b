package io.aerie.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.event.Event.What;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of two states of an object. */
class EventTest {
  private static Map<String, Object> object(Object... pairs) {
    Map<String, Object> object = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      object.put((String) pairs[i], pairs[i + 1]);
    }
    return object;
  }

  private static Event between(Map<String, ?> before, Map<String, ?> after) {
    return Event.between("volumes", "u1", "v1", before, after).orElseThrow();
  }

  @Test
  void shouldTellAllOfANewObjectAndNothingOfOneThatIsGone() {
    Event created = between(null, object("a", 1, "none", null));
    assertThat(created.what()).isEqualTo(What.CREATED);
    assertThat(created.fields()).isEqualTo(Map.of("a", 1));
    Event deleted = between(object("a", 1), null);
    assertThat(deleted.what()).isEqualTo(What.DELETED);
    assertThat(deleted.fields()).isEmpty();
  }

  /** The examples are of RFC 7396's appendix A, as far as they are about objects. */
  @Test
  void shouldTellOnlyWhatIsDifferentAsAMergePatch() {
    assertThat(between(object("a", "b"), object("a", "c")).fields()).isEqualTo(object("a", "c"));
    assertThat(between(object("a", "b"), object("a", "b", "b", "c")).fields())
        .isEqualTo(object("b", "c"));
    assertThat(between(object("a", "b", "b", "c"), object("b", "c")).fields())
        .isEqualTo(object("a", null));
    assertThat(between(object("a", List.of("b")), object("a", "c")).fields())
        .isEqualTo(object("a", "c"));
    assertThat(between(object("a", "c"), object("a", List.of("b"))).fields())
        .isEqualTo(object("a", List.of("b")));
    assertThat(
            between(object("a", object("b", "c", "e", 1)), object("a", object("b", "d", "e", 1)))
                .fields())
        .isEqualTo(object("a", object("b", "d")));
    assertThat(between(object("owner", "n1", "x", 1), object("owner", null, "x", 1)).fields())
        .isEqualTo(object("owner", null));
  }

  @Test
  void shouldTellNothingWhereNothingIsDifferent() {
    Map<String, Object> same = object("a", object("b", Arrays.asList(1, null)));
    assertThat(Event.between("k", "i", "n", same, object("a", object("b", Arrays.asList(1, null)))))
        .isEmpty();
    assertThat(Event.between("k", "i", "n", null, null)).isEmpty();
    // RFC 7396 knows no difference between these two
    assertThat(Event.between("k", "i", "n", object("a", null), object())).isEmpty();
  }
}
