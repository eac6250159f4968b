package io.aerie.sim.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each deliberate bug must be seen by what is named with it. One that survives says that the
 * scenarios and checks are blind in that place; one whose patch no longer fits, that it must be
 * carried over to the new code.
 */
class MutationTest {
  private static final int SIDE_BY_SIDE = 2;
  private static final int MUTATIONS_MIN = 30;

  /** A mutant that runs for ever is no verdict. */
  private static final long MINUTES_MAX = 10;

  private static final ExecutorService WORKERS = Executors.newFixedThreadPool(SIDE_BY_SIDE);

  private static final List<Mutation> ALL =
      Stream.of(
              OwnerMutations.all(),
              MemberMutations.all(),
              RcdMutations.all(),
              RecoveryMutations.all(),
              DiskMutations.all(),
              DirectMutations.all(),
              ScrubMutations.all(),
              LimitMutations.all(),
              ReservationMutations.all(),
              LayerMutations.all(),
              ConversionMutations.all())
          .flatMap(List::stream)
          .toList();

  @AfterAll
  static void stop() {
    WORKERS.shutdownNow();
  }

  @TestFactory
  List<DynamicTest> shouldBeSeen() {
    EngineSources sources = new EngineSources(Path.of(System.getProperty("aerie.engine.sources")));
    String only = System.getProperty("aerie.sim.mutation", "");
    Map<Mutation, CompletableFuture<List<String>>> running = new LinkedHashMap<>();
    for (Mutation mutation : ALL) {
      if (only.isEmpty() || mutation.name().matches(only)) {
        running.put(
            mutation, CompletableFuture.supplyAsync(() -> mutation.survives(sources), WORKERS));
      }
    }
    List<DynamicTest> tests = new ArrayList<>();
    running.forEach(
        (mutation, survives) ->
            tests.add(
                DynamicTest.dynamicTest(
                    mutation.name(),
                    () ->
                        assertThat(verdict(survives))
                            .as("blind to '%s', which breaks: %s", mutation, mutation.breaks())
                            .isEmpty())));
    return tests;
  }

  private static List<String> verdict(CompletableFuture<List<String>> survives) {
    try {
      return survives.get(MINUTES_MAX, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("no verdict after " + MINUTES_MAX + " minutes", e);
    }
  }

  @Test
  void shouldBeManyAndEachDescribed() throws IOException {
    assertThat(ALL.stream().filter(m -> !m.equivalent()).count())
        .isGreaterThanOrEqualTo(MUTATIONS_MIN);
    assertThat(ALL).extracting(Mutation::name).doesNotHaveDuplicates();
    String page = Files.readString(Path.of(System.getProperty("aerie.docs"), "simulation.md"));
    assertThat(ALL)
        .as("mutations without a row in docs/simulation.md")
        .allMatch(mutation -> page.contains("| " + mutation.name() + " |"));
  }
}
