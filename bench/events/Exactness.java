import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what each subscriber was told with what it had to be told. What had to be told: the changes that the nodes
 * acknowledged, with the revisions in their answers, and whatever else happened meanwhile (a node that was suspected,
 * say), as far as any subscriber was told of it; of these what the subscriber's subjects concern, from the position
 * of its beginning on to the last revision of a change.
 */
final class Exactness {
  private static final int EXAMPLES = 10;

  private final List<Subscription> subscriptions;
  private final Map<Source, Long> last = new EnumMap<>(Source.class);
  private final Map<Told.What, String> names = new HashMap<>();
  private final List<Told.What> all;
  private final List<String> examples = new ArrayList<>();
  private final int others;
  private long missing;
  private long twice;
  private long strange;
  private long disordered;
  private long resynchronised;
  private long ended;

  Exactness(List<Subscription> subscriptions, List<Change> changes) {
    this.subscriptions = subscriptions;
    for (Change change : changes) {
      names.put(change.what(), change.name());
      last.merge(change.source(), change.revision(), Math::max);
    }
    for (Subscription subscription : subscriptions) {
      for (Told told : subscription.told()) {
        if (isChecked(told.source(), told.revision())) {
          names.putIfAbsent(told.what(), told.name());
        }
      }
    }
    others = names.size() - changes.size();
    all = names.keySet().stream().sorted(Comparator.comparing(Told.What::source).thenComparing(Told.What::revision)).toList();
  }

  private boolean isChecked(Source source, long revision) {
    return revision <= last.getOrDefault(source, -1L);
  }

  /** Whether all was told as it had to be. */
  boolean check() {
    subscriptions.forEach(this::check);
    return missing + twice + strange + disordered + resynchronised + ended == 0;
  }

  private void check(Subscription subscription) {
    resynchronised += subscription.resynchronised();
    if (subscription.hasEnded()) {
      ended++;
      example("ended", subscription, subscription.whyEnded());
    }
    Set<Told.What> due = new HashSet<>();
    Map<Source, Long> begun = new EnumMap<>(Source.class);
    for (Source source : last.keySet()) {
      begun.put(source, subscription.begunAt(source));
    }
    for (Told.What what : all) {
      if (subscription.wants(what.object(), names.get(what)) && what.revision() > begun.get(what.source())) {
        due.add(what);
      }
    }
    Set<Told.What> seen = new HashSet<>();
    Map<Source, Long> at = new EnumMap<>(Source.class);
    for (Told told : subscription.told()) {
      if (!isChecked(told.source(), told.revision())) {
        continue;
      }
      Told.What what = told.what();
      if (!seen.add(what)) {
        twice++;
        example("twice", subscription, what);
      } else if (!due.remove(what)) {
        strange++;
        example("not its own", subscription, what);
      }
      if (at.getOrDefault(what.source(), 0L) > what.revision()) {
        disordered++;
        example("out of order", subscription, what);
      }
      at.put(what.source(), what.revision());
    }
    missing += due.size();
    if (!due.isEmpty()) {
      example("missing", subscription, due.iterator().next());
    }
  }

  private void example(String what, Subscription subscription, Object which) {
    if (examples.size() < EXAMPLES) {
      examples.add(what + ": " + which + " of " + subscription);
    }
  }

  /** The first of what was wrong, for a person. */
  List<String> examples() {
    return examples;
  }

  /** The counts, as members of an object of JSON. */
  String counts() {
    return String.format(
        "\"changes\":%d,\"others_told\":%d,\"missing\":%d,\"twice\":%d,\"to_others\":%d,\"out_of_order\":%d,\"resynchronised\":%d,\"ended\":%d",
        names.size() - others, others, missing, twice, strange, disordered, resynchronised, ended);
  }
}
