package io.aerie.upgrade.apply.exchange;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import io.aerie.upgrade.apply.node.Release;
import io.aerie.upgrade.apply.node.Releases;
import io.aerie.upgrade.apply.node.WantedBundle;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings this node to the release that a run wants of it. It may be broken off at any point, by a
 * power cut too, and called again: it finds out what is left to do.
 *
 * <p>Called by one thread.
 */
public final class NodeExchange {
  private final Releases releases;
  private final Function<String, StoredPackage> packages;
  private final NodeBundles bundles;
  private final NodeHealth health;
  private final Supplier<Patience> patience;

  /**
   * @param packages those of this node, by digest; throws if it is missing
   * @param patience a new one for each verification
   */
  public NodeExchange(
      Releases releases,
      Function<String, StoredPackage> packages,
      NodeBundles bundles,
      NodeHealth health,
      Supplier<Patience> patience) {
    this.releases = releases;
    this.packages = packages;
    this.bundles = bundles;
    this.health = health;
    this.patience = patience;
  }

  /** How it ended. */
  public enum Outcome {
    /** The node runs what is wanted, and is verified. */
    ARRIVED,
    /** It could not go forward, and runs what it ran before. */
    FAILED,
    /** It could not go back either. */
    BROKEN,
    /** The process ends; the rest is done when it has started again. */
    RESTARTING
  }

  /**
   * What came of it.
   *
   * @param why it failed; empty where it did not
   */
  public record Result(Outcome outcome, String why) {}

  /** Brings it there. */
  public Result bring(Run run, Part part) {
    return run.direction() == Direction.FORWARD ? forward(run, part) : back(run, part);
  }

  private Result forward(Run run, Part part) {
    StoredPackage source = packages.apply(run.sha256());
    String name = Releases.nameOf(source);
    Release former = former(part);
    String givenUp = releases.whyGivenUp(name).orElse("");
    if (!givenUp.isEmpty()) {
      return retreat(run, part, former, givenUp);
    }
    Release target = releases.compose(source);
    if (!releases.current().name().equals(name)) {
      releases.arm(target);
    }
    Result result = converge(target, run, part);
    if (result.outcome() == Outcome.ARRIVED) {
      releases.confirm();
    } else if (result.outcome() == Outcome.BROKEN) {
      releases.giveUp(target, former, result.why());
      return retreat(run, part, former, result.why());
    }
    return result;
  }

  private Release former(Part part) {
    return releases
        .find(part.former())
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.CORRUPT,
                    "This node no longer has the release " + part.former(),
                    "It ran that before the upgrade.",
                    "Install the distribution anew."));
  }

  private Result retreat(Run run, Part part, Release former, String why) {
    Result result = converge(former, run, part);
    return switch (result.outcome()) {
      case ARRIVED -> {
        releases.confirm();
        yield new Result(Outcome.FAILED, why);
      }
      case RESTARTING -> result;
      default -> new Result(Outcome.BROKEN, why + " Back: " + result.why());
    };
  }

  private Result back(Run run, Part part) {
    Release former = former(part);
    if (!releases.current().name().equals(former.name())) {
      releases.goBackTo(former);
    }
    Result result = converge(former, run, part);
    if (result.outcome() == Outcome.ARRIVED) {
      releases.confirm();
    }
    return result;
  }

  /** Makes what runs the same as a release: ARRIVED, RESTARTING or BROKEN. */
  private Result converge(Release release, Run run, Part part) {
    Map<String, WantedBundle> wanted = release.bundles();
    List<WantedBundle> differences = bundles.differences(wanted);
    Patience verification = patience.get();
    boolean restart =
        run.exchange() == Exchange.RESTART || !differences.stream().allMatch(bundles::isInstalled);
    if (!differences.isEmpty() && restart) {
      return restart(release, differences);
    }
    if (!differences.isEmpty()) {
      releases.invalidateCache();
      for (WantedBundle bundle : differences) {
        verification.requireGoingOn();
        try {
          bundles.swap(bundle);
        } catch (AerieException e) {
          verification.requireGoingOn();
          return new Result(Outcome.BROKEN, e.describe());
        }
      }
    }
    return verify(wanted, run, part, verification);
  }

  private Result restart(Release release, List<WantedBundle> differences) {
    if (!releases.restartsFirstFor(release)) {
      return new Result(
          Outcome.BROKEN,
          "The node was restarted, and still does not run "
              + differences.get(0).symbolicName()
              + " in "
              + differences.get(0).version()
              + ".");
    }
    bundles.restart();
    return new Result(Outcome.RESTARTING, "");
  }

  private Result verify(
      Map<String, WantedBundle> wanted, Run run, Part part, Patience verification) {
    List<String> faults;
    do {
      verification.requireGoingOn();
      faults = bundles.faults(wanted);
      if (faults.isEmpty()) {
        faults = health.problems(run.id(), part.serving());
      }
      if (faults.isEmpty()) {
        return new Result(Outcome.ARRIVED, "");
      }
    } while (verification.again());
    return new Result(Outcome.BROKEN, String.join(". ", faults) + ".");
  }
}
