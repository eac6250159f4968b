import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * Subscribes to events of all nodes, makes changes, and checks that each reached its subscribers and nobody else. Prints
 * lines of JSON; exits with 1 when anything was told otherwise than it had to be.
 *
 * <pre>
 * java EventLoad --urls URL,URL,URL --ca PEM --token-file FILE --pids PID,PID,PID
 *                --streams N --rate CHANGES_PER_SECOND --changes N --warm-up CHANGES --idle SECONDS
 * </pre>
 */
final class EventLoad {
  private static final int LOOPS = 2;

  /** A node takes 1,024 of one address unless told otherwise. */
  private static final int STREAMS_PER_ADDRESS = 1_000;

  /** Four heartbeats. */
  private static final long SETTLE_SECONDS = 60;

  private final Map<String, String> options;
  private final List<URI> urls;
  private final List<Long> pids;
  private final SSLContext tls;
  private final String headers;
  private final Writers writers;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<StreamLoop> loops = new ArrayList<>();

  private EventLoad(Map<String, String> options) throws Exception {
    this.options = options;
    urls = Arrays.stream(options.get("urls").split(",")).map(URI::create).toList();
    pids = Arrays.stream(options.get("pids").split(",")).map(Long::valueOf).toList();
    tls = Trust.in(Path.of(options.get("ca")));
    headers = "Authorization: Bearer " + Files.readString(Path.of(options.get("token-file"))).strip() + "\r\n";
    writers = new Writers(urls, tls.getSocketFactory(), headers);
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      options.put(args[i].substring(2), args[i + 1]);
    }
    boolean exact = false;
    try {
      exact = new EventLoad(options).run();
    } catch (Exception e) {
      e.printStackTrace();
    }
    // loops' and writers' threads may still run
    System.exit(exact ? 0 : 1);
  }

  private int number(String name) {
    return Integer.parseInt(options.get(name));
  }

  private boolean run() throws Exception {
    writers.makeVolumes();
    open();
    idle();
    List<Change> changes = new ArrayList<>();
    int warmUp = number("warm-up");
    changes.addAll(writers.make(0, warmUp, number("rate"), false));
    changes.addAll(measured(warmUp));
    return settle(changes);
  }

  private void open() throws Exception {
    List<Long> residentBefore = resident();
    List<List<Subscription>> ofLoops = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      ofLoops.add(new ArrayList<>());
    }
    for (int i = 0; i < number("streams"); i++) {
      String from = "127.0.0." + (2 + i / urls.size() / STREAMS_PER_ADDRESS);
      Subscription next = new Subscription(urls.get(i % urls.size()), from, headers, writers.subjects(i));
      subscriptions.add(next);
      ofLoops.get(i / urls.size() % LOOPS).add(next);
    }
    Cpu before = Cpu.now(pids);
    long beginNs = System.nanoTime();
    for (List<Subscription> each : ofLoops) {
      StreamLoop loop = new StreamLoop(tls, each);
      loops.add(loop);
      loop.start();
    }
    boolean begun = await(1_200, () -> subscriptions.stream().allMatch(each -> each.hasBegun() || each.hasEnded()));
    double seconds = (System.nanoTime() - beginNs) / 1e9;
    Cpu used = Cpu.now(pids).since(before);
    List<Subscription> without = subscriptions.stream().filter(each -> !each.hasBegun() || each.hasEnded()).toList();
    if (!begun || !without.isEmpty()) {
      Set<String> why = without.stream().map(Subscription::whyEnded).map(String::valueOf).collect(Collectors.toSet());
      throw new IOException(without.size() + " streams have not begun or have ended: " + why);
    }
    print(
        "\"what\":\"opened\",\"streams\":%d,\"seconds\":%.1f,\"per_second\":%.0f,\"servers_cpu_ms_each\":%.2f,\"client_cpu_ms_each\":%.2f,"
            + "\"others_cores\":%.2f,\"resident_mib_before\":%s,\"resident_mib\":%s",
        subscriptions.size(),
        seconds,
        subscriptions.size() / seconds,
        used.servers() * Cpu.TICK_SECONDS * 1e3 / subscriptions.size(),
        used.client() * Cpu.TICK_SECONDS * 1e3 / subscriptions.size(),
        used.others(seconds),
        residentBefore,
        resident());
  }

  /** What the streams cost when nothing happens but heartbeats. */
  private void idle() throws IOException {
    Cpu before = Cpu.now(pids);
    long beginNs = System.nanoTime();
    boolean unused = await(number("idle"), () -> false);
    double seconds = (System.nanoTime() - beginNs) / 1e9;
    Cpu used = Cpu.now(pids).since(before);
    print(
        "\"what\":\"idle\",\"streams\":%d,\"seconds\":%.1f,\"servers_cores\":%.3f,\"client_cores\":%.3f,\"others_cores\":%.2f,\"resident_mib\":%s",
        subscriptions.size(),
        seconds,
        used.servers() * Cpu.TICK_SECONDS / seconds,
        used.client() * Cpu.TICK_SECONDS / seconds,
        used.others(seconds),
        resident());
  }

  private List<Change> measured(int warmUp) throws Exception {
    Cpu before = Cpu.now(pids);
    long beginNs = System.nanoTime();
    List<Change> changes = writers.make(warmUp, warmUp + number("changes"), number("rate"), true);
    boolean unused = await(SETTLE_SECONDS, () -> haveNewest(changes));
    double seconds = (System.nanoTime() - beginNs) / 1e9;
    Cpu used = Cpu.now(pids).since(before);
    long deliveries = 0;
    for (Change change : changes) {
      deliveries += subscriptions.stream().filter(each -> each.wants(change.object(), change.name())).count();
    }
    print(
        "\"what\":\"changes\",\"streams\":%d,\"seconds\":%.1f,\"changes\":%d,\"changes_per_s\":%.2f,\"deliveries\":%d,\"deliveries_per_s\":%.0f,"
            + "\"servers_cpu_s\":%.1f,\"servers_cores\":%.2f,\"servers_cpu_us_per_delivery\":%.1f,\"client_cpu_s\":%.1f,\"others_cores\":%.2f,"
            + "\"resident_mib\":%s",
        subscriptions.size(),
        seconds,
        changes.size(),
        changes.size() / seconds,
        deliveries,
        deliveries / seconds,
        used.servers() * Cpu.TICK_SECONDS,
        used.servers() * Cpu.TICK_SECONDS / seconds,
        used.servers() * Cpu.TICK_SECONDS * 1e6 / deliveries,
        used.client() * Cpu.TICK_SECONDS,
        used.others(seconds),
        resident());
    return changes;
  }

  /** Until the positions of all streams are behind the last change: what was not told by then never will be. */
  private boolean settle(List<Change> changes) throws Exception {
    Map<Source, Long> last = new EnumMap<>(Source.class);
    changes.forEach(change -> last.merge(change.source(), change.revision(), Math::max));
    boolean settled = await(SETTLE_SECONDS, () -> behind(last) == 0);
    for (StreamLoop loop : loops) {
      loop.finish();
    }
    latencies(changes);
    Exactness exactness = new Exactness(subscriptions, changes);
    boolean exact = exactness.check() && settled;
    print(
        "\"what\":\"exactness\",\"streams\":%d,%s,\"positions_behind\":%d",
        subscriptions.size(),
        exactness.counts(),
        behind(last));
    exactness.examples().forEach(System.err::println);
    return exact;
  }

  /** How many streams' positions are not yet behind these revisions. */
  private long behind(Map<Source, Long> last) {
    return subscriptions.stream()
        .filter(each -> !last.entrySet().stream().allMatch(one -> each.hasReached(one.getKey(), one.getValue())))
        .count();
  }

  /** Whether those whom the newest of the changes concerns were told of it. */
  private boolean haveNewest(List<Change> changes) {
    Change newest = changes.stream().max(Comparator.comparing(Change::answeredNs)).orElseThrow();
    return subscriptions.stream()
        .allMatch(each -> !each.wants(newest.object(), newest.name()) || each.hasReached(newest.source(), newest.revision()));
  }

  private void latencies(List<Change> changes) {
    Map<Told.What, Change> byWhat = new HashMap<>();
    Map<String, Samples> delivered = new TreeMap<>();
    Map<String, Samples> answered = new TreeMap<>();
    for (Change change : changes) {
      byWhat.put(change.what(), change);
      if (change.measured()) {
        answered.computeIfAbsent(change.kind(), none -> new Samples()).add(change.answeredNs() - change.sentNs());
      }
    }
    for (Subscription subscription : subscriptions) {
      for (Told told : subscription.told()) {
        Change change = byWhat.get(told.what());
        if (change != null && change.measured()) {
          delivered.computeIfAbsent(change.kind(), none -> new Samples()).add(told.atNs() - change.sentNs());
        }
      }
    }
    Samples all = new Samples();
    delivered.values().forEach(all::add);
    Samples allAnswered = new Samples();
    answered.values().forEach(allAnswered::add);
    delivered.forEach((kind, samples) -> print(kind, samples, answered.get(kind)));
    print("all", all, allAnswered);
  }

  private void print(String kind, Samples delivered, Samples answered) {
    print(
        "\"what\":\"latency\",\"streams\":%d,\"of\":\"%s\",\"changes\":%d,\"deliveries\":%d,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,"
            + "\"answer_p50_ms\":%.1f,\"answer_p99_ms\":%.1f",
        subscriptions.size(),
        kind,
        answered.count(),
        delivered.count(),
        delivered.atUs(0.5) / 1e3,
        delivered.atUs(0.99) / 1e3,
        delivered.atUs(1) / 1e3,
        answered.atUs(0.5) / 1e3,
        answered.atUs(0.99) / 1e3);
  }

  private static void print(String members, Object... values) {
    System.out.printf(Locale.ROOT, "{" + members + "}%n", values);
  }

  /** Whether it came true in time. */
  private static boolean await(long seconds, BooleanSupplier what) {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!what.getAsBoolean()) {
      if (System.nanoTime() - endNs > 0) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    return true;
  }

  /** Memory of the nodes' processes, in MiB (proc(5)). */
  private List<Long> resident() throws IOException {
    List<Long> all = new ArrayList<>();
    for (long pid : pids) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          all.add(Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024);
        }
      }
    }
    return all;
  }
}
