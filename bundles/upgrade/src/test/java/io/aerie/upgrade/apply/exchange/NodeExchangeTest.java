package io.aerie.upgrade.apply.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.apply.TestPackages;
import io.aerie.upgrade.apply.exchange.NodeExchange.Outcome;
import io.aerie.upgrade.apply.exchange.NodeExchange.Result;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import io.aerie.upgrade.apply.node.Release;
import io.aerie.upgrade.apply.node.Releases;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a node comes to what the run wants or back to what it had, from wherever it was broken off.
 * Method: real releases on disk; a framework that is a table of versions.
 */
class NodeExchangeTest {
  private static final NodeId SELF = new NodeId("n1");

  @TempDir Path folder;
  private TestPackages test;
  private StoredPackage source;
  private final FakeFramework framework = new FakeFramework();
  private final List<String> problems = new ArrayList<>();
  private boolean ending;

  private final class Twice implements Patience {
    private int left = 2;

    @Override
    public boolean again() {
      return --left > 0;
    }

    @Override
    public void requireGoingOn() {
      if (ending) {
        throw new AerieException(ErrorCode.UNAVAILABLE, "ending");
      }
    }
  }

  private final NodeHealth health =
      new NodeHealth() {
        @Override
        public String unfitness() {
          return "";
        }

        @Override
        public Set<String> serving() {
          return Set.of("NBD");
        }

        @Override
        public List<String> problems(String run, Set<String> before) {
          return problems;
        }
      };

  @BeforeEach
  void makeNode() throws IOException {
    test = new TestPackages(folder);
    source = test.take(test.home(), test.distribution("0.1.1", "two", "one"));
    framework.start(test.releases.current());
  }

  private Result bring(Direction direction, Exchange exchange) {
    Part part = new Part(SELF, Run.PartState.EXCHANGING, Release.DISTRIBUTION, Set.of("NBD"));
    Run run =
        new Run(
            "id",
            source.sha256(),
            "0.1.1",
            "0.1.0",
            exchange,
            direction,
            State.RUNNING,
            "",
            Instant.EPOCH,
            List.of(part),
            1);
    return new NodeExchange(
            test.releases,
            digest -> test.packages.find(digest).orElseThrow(),
            framework,
            health,
            Twice::new)
        .bring(run, part);
  }

  private Result forward() {
    return bring(Direction.FORWARD, Exchange.SWAP);
  }

  private Path state(String name) {
    return test.node.resolve("releases").resolve(name);
  }

  @Test
  void shouldSwapWhatIsDifferentAndConfirmIt() {
    assertThat(forward()).isEqualTo(new Result(Outcome.ARRIVED, ""));
    assertThat(framework.swaps).containsExactly("io.aerie.left 0.1.1");
    assertThat(test.releases.current().name()).isEqualTo(Releases.nameOf(source));
    assertThat(state("trial")).doesNotExist();
    assertThat(test.node.resolve("etc/aerie.version"))
        .as("the cache counts no more")
        .doesNotExist();
  }

  @Test
  void shouldGoBackWhenTheNewVersionDoesNotServe() {
    framework.brokenVersion = "0.1.1";
    Result result = forward();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.why()).isEqualTo("A component failed.");
    assertThat(framework.swaps).containsExactly("io.aerie.left 0.1.1", "io.aerie.left 0.1.0");
    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
  }

  @Test
  void shouldGoBackWhenABundleIsRefused() {
    framework.refusedVersion = "0.1.1";
    Result result = forward();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.why()).contains("It does not resolve");
    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
  }

  @Test
  void shouldTellWhenItCanNotGoBackEither() {
    problems.add("The volume v1 is degraded");
    Result result = forward();
    assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(result.why())
        .isEqualTo("The volume v1 is degraded. Back: The volume v1 is degraded.");
    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
  }

  @Test
  void shouldTakeNothingForAFailureThatIsItsOwnEnd() {
    ending = true;
    assertThatThrownBy(this::forward).isInstanceOf(AerieException.class);
    assertThat(state("given-up")).doesNotExist();
    assertThat(test.releases.current().name()).as("goes on there").isNotEqualTo("distribution");

    ending = false;
    assertThat(forward().outcome()).isEqualTo(Outcome.ARRIVED);
  }

  @Test
  void shouldGoBackAsItCame() {
    assertThat(forward().outcome()).isEqualTo(Outcome.ARRIVED);
    assertThat(bring(Direction.BACK, Exchange.SWAP).outcome()).isEqualTo(Outcome.ARRIVED);
    assertThat(framework.running).containsEntry("io.aerie.left", "0.1.0");
    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
  }

  @Test
  void shouldRestartAndVerifyAfterwards() {
    assertThat(bring(Direction.FORWARD, Exchange.RESTART).outcome()).isEqualTo(Outcome.RESTARTING);
    assertThat(framework.restarts).hasValue(1);
    assertThat(framework.swaps).isEmpty();
    assertThat(state("trial")).exists();

    framework.start(test.releases.current());
    assertThat(bring(Direction.FORWARD, Exchange.RESTART).outcome()).isEqualTo(Outcome.ARRIVED);
    assertThat(framework.restarts).hasValue(1);
    assertThat(state("trial")).doesNotExist();
  }

  @Test
  void shouldRestartOnceOnlyWhenThatDoesNotHelp() {
    assertThat(bring(Direction.FORWARD, Exchange.RESTART).outcome()).isEqualTo(Outcome.RESTARTING);
    // it came up with what it had
    Result result = bring(Direction.FORWARD, Exchange.RESTART);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.why()).contains("still does not run io.aerie.left in 0.1.1");
    assertThat(framework.restarts).hasValue(1);
  }

  @Test
  void shouldTellWhenAStartGaveTheReleaseUp() {
    assertThat(bring(Direction.FORWARD, Exchange.RESTART).outcome()).isEqualTo(Outcome.RESTARTING);
    Release target = test.releases.current();
    // as bin/aerie-node does at the second start on trial
    test.releases.giveUp(
        target, test.releases.find(Release.DISTRIBUTION).orElseThrow(), "It ended.");

    Result result = bring(Direction.FORWARD, Exchange.RESTART);
    assertThat(result).isEqualTo(new Result(Outcome.FAILED, "It ended."));
    assertThat(framework.restarts).hasValue(1);
  }
}
