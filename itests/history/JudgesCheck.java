package io.aerie.history;

import io.aerie.history.ConfigJudge.End;
import io.aerie.history.NameSearch.Kind;
import io.aerie.history.NameSearch.Operation;
import io.aerie.sim.RegisterChecker;
import java.util.List;

/**
 * The judges know possible histories from impossible ones; run before they are relied on. Each pair
 * differs in one thing only.
 */
final class JudgesCheck {
  private static final long NEVER = Long.MAX_VALUE;
  private static int wrong;

  private JudgesCheck() {}

  public static void main(String[] arguments) {
    Operation created = name(Kind.CREATED, 7, 0, 10);
    Operation deleted = name(Kind.DELETED, 7, 20, 30);
    expect("created, deleted", true, created, deleted);
    expect("deleted what was never there", false, deleted);
    expect("absent after both", true, created, deleted, name(Kind.ABSENT, 0, 40, 50));
    expect("absent in between", false, created, deleted, name(Kind.ABSENT, 0, 11, 19));
    expect("absent while it is deleted", true, created, deleted, name(Kind.ABSENT, 0, 11, 21));
    expect("opened after it was deleted", false, created, deleted, name(Kind.SEEN, 7, 31, 32));
    expect("opened while it is deleted", true, created, deleted, name(Kind.SEEN, 7, 29, 32));
    expect("two created", false, created, name(Kind.CREATED, 8, 11, 19));
    Operation maybe = name(Kind.MAYBE_DELETED, 0, 5, NEVER);
    expect("two created, perhaps deleted", true, created, maybe, name(Kind.CREATED, 8, 11, 19));
    expect(
        "perhaps deleted, after the second",
        false,
        created,
        name(Kind.MAYBE_DELETED, 0, 20, NEVER),
        name(Kind.CREATED, 8, 11, 19));
    expect("deleted by two at once", true, created, deleted, name(Kind.DELETED, 7, 21, 31));
    expect("deleted twice", false, created, deleted, name(Kind.DELETED, 7, 31, 41));
    expect("a perhaps created one", true, name(Kind.MAYBE_CREATED, 7, 0, NEVER), deleted);
    expect("is there, they say", false, name(Kind.PRESENT, 0, 0, 10));

    ConfigJudge.Operation first = write("a", 0, 10, 1);
    ConfigJudge.Operation second = write("b", 20, 30, 2);
    config("read the newest", true, first, second, read("b", 40, 50, 2));
    config("read the old one too late", false, first, second, read("a", 40, 50, 1));
    config("read the old one in time", true, first, second, read("a", 25, 50, 1));
    config("read nobody's", false, first, read("c", 40, 50, 3));
    config("revisions against time", false, first, write("b", 20, 30, 0));

    pages("old page too late", false, 40, 50);
    pages("old page in time", true, 25, 50);
    System.exit(wrong == 0 ? 0 : 1);
  }

  private static Operation name(Kind kind, long value, long begin, long end) {
    return new Operation(kind, 0, value, begin, end);
  }

  private static void expect(String what, boolean possible, Operation... operations) {
    tell(what, possible == new NameSearch(List.of(operations)).possible());
  }

  private static ConfigJudge.Operation write(String value, long begin, long end, long revision) {
    return new ConfigJudge.Operation(true, 0, value, -1, begin, end, End.DONE, revision);
  }

  private static ConfigJudge.Operation read(String value, long begin, long end, long revision) {
    return new ConfigJudge.Operation(false, 0, value, -1, begin, end, End.DONE, revision);
  }

  private static void config(String what, boolean good, ConfigJudge.Operation... operations) {
    tell(what, good == ConfigJudge.violations(List.of(operations)).isEmpty());
  }

  /** Two writes, and a read of the first. */
  private static void pages(String what, boolean good, long begin, long end) {
    RegisterChecker checker = new RegisterChecker();
    checker.wrote(1, 0, 10);
    checker.wrote(2, 20, 30);
    checker.read(1, begin, end);
    tell(what, good == checker.violation().isEmpty());
  }

  private static void tell(String what, boolean right) {
    if (!right) {
      wrong++;
      System.out.println("judged wrongly: " + what);
    }
  }
}
