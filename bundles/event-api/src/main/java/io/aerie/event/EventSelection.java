package io.aerie.event;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a subscriber gets.
 *
 * @param subjects any of these; empty for everything
 * @param since the position of the last notice that was taken in, or a revision where all subjects
 *     come from one source; empty for what happens from now on
 * @param visible what the subscriber may see of that; asked while others wait, so it must be quick
 */
public record EventSelection(
    Set<EventSubject> subjects, Optional<String> since, Predicate<Event> visible) {
  public EventSelection {
    subjects = Set.copyOf(subjects);
  }

  /** Everything about some subjects, from now on. */
  public static EventSelection of(EventSubject... subjects) {
    return new EventSelection(Set.of(subjects), Optional.empty(), event -> true);
  }

  /** The same from a position on. */
  public EventSelection since(String position) {
    return new EventSelection(subjects, Optional.of(position), visible);
  }
}
