package io.aerie.history;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Uses a cluster through all nodes at once, until a file appears, records what was answered, and
 * then judges whether a single copy could have answered so. Whoever starts it breaks the cluster
 * meanwhile.
 *
 * <p>{@code Histories FOLDER CA CREDENTIALS KINDS REST,NBD...} with KINDS of {@code config},
 * {@code volumes}, {@code pages}, separated by commas; an NBD endpoint is {@code host:port}. In
 * FOLDER lie {@code stop}, which ends it, and {@code progress} and {@code marks} ({@link Progress}).
 *
 * <p>Ends with 1 when a history is impossible or has too little to be judged.
 */
final class Histories {
  private static final long PROGRESS_MILLIS = 200;
  private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(60);

  private Histories() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    List<String[]> nodes =
        Arrays.stream(arguments).skip(4).map(endpoints -> endpoints.split(",")).toList();
    Rest rest =
        new Rest(
            Path.of(arguments[1]),
            Path.of(arguments[2]),
            nodes.stream().map(endpoints -> endpoints[0]).toList());
    List<String> exports = nodes.stream().map(endpoints -> endpoints[1]).toList();
    List<History> histories = new ArrayList<>();
    for (String kind : arguments[3].split(",")) {
      histories.add(
          switch (kind) {
            case "config" -> new ConfigHistory(rest);
            case "volumes" -> new VolumeHistory(rest, exports);
            case "pages" -> new PageHistory(exports);
            default -> throw new IllegalArgumentException(kind);
          });
    }
    System.exit(run(histories, folder) ? 0 : 1);
  }

  private static boolean run(List<History> histories, Path folder) throws Exception {
    Progress progress = new Progress();
    List<Worker> workers = new ArrayList<>();
    for (History history : histories) {
      workers.addAll(history.prepare(progress));
    }
    workers.forEach(Worker::start);
    while (!Files.exists(folder.resolve("stop"))
        && workers.stream().allMatch(worker -> worker.failure() == null)) {
      progress.write(folder.resolve("progress"));
      workers.get(0).join(PROGRESS_MILLIS);
    }
    workers.forEach(Worker::stopSoon);
    boolean good = true;
    for (Worker worker : workers) {
      worker.join(END_MILLIS);
      if (worker.isAlive() || worker.failure() != null) {
        good = false;
        System.out.println("a client did not end well: " + worker.failure());
      }
    }
    for (History history : histories) {
      Verdict verdict = history.judge();
      verdict.print(history.name());
      good &= verdict.good();
    }
    progress.printPauses(folder.resolve("marks"));
    return good;
  }
}
