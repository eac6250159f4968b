import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.SocketFactory;

/**
 * Loads one database and prints one line of JSON. Clients are spread over the members in turn; each has one
 * connection and asks anew when it was answered.
 *
 * <pre>
 * java Load --database configdb|etcd --urls URL,URL,URL --ca PEM [--token-file FILE] --pids PID,PID,PID
 *           --what put|get|watch --clients N --seconds N [--warm-up N] [--keys N]
 * </pre>
 */
final class Load {
  private static final String FILLER = "abcdefghijklmnopqrstuvwxyz012345".repeat(9);

  private final Map<String, String> options;
  private final Database database;
  private final List<URI> urls;
  private final List<Long> pids;
  private final String headers;
  private final SocketFactory sockets;
  private final int keys;

  /** What was answered well since the connections stand, the warm-up included. */
  private final LongAdder acknowledged = new LongAdder();

  private volatile long beginNs;
  private volatile long endNs;

  private Load(Map<String, String> options) throws Exception {
    this.options = options;
    database = Database.valueOf(options.get("database").toUpperCase(Locale.ROOT));
    urls = Arrays.stream(options.get("urls").split(",")).map(URI::create).toList();
    pids = Arrays.stream(options.get("pids").split(",")).map(Long::valueOf).toList();
    keys = number("keys", 1000);
    String token = options.get("token-file");
    headers = token == null ? "" : "Authorization: Bearer " + Files.readString(Path.of(token)).strip() + "\r\n";
    sockets = urls.get(0).getScheme().equals("https") ? Trust.in(Path.of(options.get("ca"))).getSocketFactory() : SocketFactory.getDefault();
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      options.put(args[i].substring(2), args[i + 1]);
    }
    Load load = new Load(options);
    try {
      if (options.get("what").equals("watch")) {
        load.watch();
      } else {
        load.requests();
      }
      System.exit(0);
    } catch (ExecutionException | IOException e) {
      // clients' threads may still wait for answers
      e.printStackTrace();
      System.exit(1);
    }
  }

  private int number(String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
  }

  private static String key(int number) {
    return String.format("k%06d", number);
  }

  private void requests() throws Exception {
    int clients = number("clients", 1);
    boolean puts = options.get("what").equals("put");
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    List<HttpConnection> connections = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      connections.add(new HttpConnection(urls.get(i % urls.size()), sockets));
    }
    if (!puts) {
      try (HttpConnection first = new HttpConnection(urls.get(0), sockets)) {
        for (int i = 0; i < keys; i++) {
          byte[] unused = first.exchange(database.put(first, headers, key(i), FILLER));
        }
      }
    }
    beginNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(number("warm-up", 2));
    endNs = beginNs + TimeUnit.SECONDS.toNanos(number("seconds", 10));
    List<Future<Samples>> results = new ArrayList<>();
    for (HttpConnection connection : connections) {
      results.add(threads.submit(() -> client(connection, puts)));
    }
    TimeUnit.NANOSECONDS.sleep(beginNs - System.nanoTime());
    Cpu before = Cpu.now(pids);
    TimeUnit.NANOSECONDS.sleep(endNs - System.nanoTime());
    Cpu used = Cpu.now(pids).since(before);
    Samples all = new Samples();
    for (Future<Samples> result : results) {
      all.add(result.get());
    }
    threads.shutdown();
    print(clients, all, acknowledged.sum(), used, (endNs - beginNs) / 1e9);
  }

  private Samples client(HttpConnection connection, boolean puts) throws IOException {
    Samples samples = new Samples();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    try (connection) {
      while (true) {
        String key = key(random.nextInt(keys));
        byte[] request =
            puts
                ? database.put(connection, headers, key, Integer.toString(random.nextInt(100_000, 1_000_000)) + FILLER)
                : database.get(connection, headers, key);
        long sentNs = System.nanoTime();
        byte[] answer = connection.exchange(request);
        long doneNs = System.nanoTime();
        if (answer.length < 2 || (!puts && answer.length < Database.VALUE_BYTES)) {
          throw new IOException("not an answer: " + new String(answer));
        }
        acknowledged.increment();
        if (doneNs >= endNs) {
          return samples;
        }
        if (doneNs >= beginNs) {
          samples.add(doneNs - sentNs);
        }
      }
    }
  }

  /** One put at a time at the first member; the second tells of it. */
  private void watch() throws Exception {
    SynchronousQueue<Long> told = new SynchronousQueue<>();
    ExecutorService reader = Executors.newSingleThreadExecutor();
    ExecutorService writing = Executors.newSingleThreadExecutor();
    HttpConnection stream = new HttpConnection(urls.get(1), sockets);
    stream.open(database.watch(stream, headers, "watched"));
    while (!database.begins(stream.streamedLine())) {
      // until the watch stands
    }
    Future<?> reading = reader.submit(() -> follow(stream, told));
    Samples samples = new Samples();
    long beginMeasureNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(number("warm-up", 2));
    long endMeasureNs = beginMeasureNs + TimeUnit.SECONDS.toNanos(number("seconds", 10));
    Cpu before = null;
    long puts = 0;
    try (HttpConnection writer = new HttpConnection(urls.get(0), sockets)) {
      for (int i = 100_000; System.nanoTime() < endMeasureNs; i++) {
        byte[] request = database.put(writer, headers, "watched", i + FILLER);
        long sentNs = System.nanoTime();
        if (before == null && sentNs >= beginMeasureNs) {
          before = Cpu.now(pids);
        }
        Future<byte[]> answer = writing.submit(() -> writer.exchange(request));
        Long toldNs = told.poll(30, TimeUnit.SECONDS);
        if (toldNs == null) {
          throw new IOException("nothing was told of put " + i);
        }
        byte[] unused = answer.get();
        puts++;
        if (sentNs >= beginMeasureNs) {
          samples.add(toldNs - sentNs);
        }
      }
    }
    if (before == null) {
      throw new IOException("no put began after the warm-up");
    }
    Cpu used = Cpu.now(pids).since(before);
    stream.close();
    reader.shutdownNow();
    writing.shutdownNow();
    print(1, samples, puts, used, number("seconds", 10));
  }

  private Void follow(HttpConnection stream, SynchronousQueue<Long> told) throws InterruptedException {
    try {
      while (true) {
        if (database.tells(stream.streamedLine())) {
          told.put(System.nanoTime());
        }
      }
    } catch (IOException e) {
      // closed at the end; before, the writer misses its event and says so
      return null;
    }
  }

  private void print(int clients, Samples samples, long answered, Cpu used, double seconds) {
    double operations = Math.max(1, samples.count());
    System.out.printf(
        Locale.ROOT,
        "{\"database\":\"%s\",\"what\":\"%s\",\"clients\":%d,\"operations\":%d,\"acknowledged\":%d,\"per_second\":%.0f,\"p50_us\":%d,"
            + "\"p99_us\":%d,\"max_us\":%d,\"servers_cpu_us_per_operation\":%.0f,\"client_cpu_us_per_operation\":%.0f,"
            + "\"others_cores\":%.2f,\"stolen_cores\":%.2f}%n",
        options.getOrDefault("name", options.get("database")),
        options.get("what"),
        clients,
        samples.count(),
        answered,
        samples.count() / seconds,
        samples.atUs(0.5),
        samples.atUs(0.99),
        samples.atUs(1),
        used.servers() * Cpu.TICK_SECONDS * 1e6 / operations,
        used.client() * Cpu.TICK_SECONDS * 1e6 / operations,
        used.others(seconds),
        used.stolen() * Cpu.TICK_SECONDS / seconds);
  }
}
