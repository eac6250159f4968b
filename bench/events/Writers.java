import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;

/** Makes changes at a steady rate, on all nodes in turn. */
final class Writers {
  static final int GROUPS = 20;
  static final int DOCUMENTS_PER_GROUP = 25;
  static final int VOLUMES = 20;

  /** Everybody but the subscribers of the kind volumes alone is told of it. */
  static final String ANNOUNCEMENT = "config/bench/announcement";

  private static final int ANNOUNCEMENT_EVERY = 60;
  private static final int VOLUME_EVERY = 5;

  private final List<URI> urls;
  private final SocketFactory sockets;
  private final String headers;
  private final String[] volumeIds = new String[VOLUMES];

  Writers(List<URI> urls, SocketFactory sockets, String headers) {
    this.urls = urls;
    this.sockets = sockets;
    this.headers = headers;
  }

  static String document(int number) {
    return "config/bench/g" + number % GROUPS + "/d" + number / GROUPS % DOCUMENTS_PER_GROUP;
  }

  static String volumeName(int number) {
    return "bench-" + number % VOLUMES;
  }

  String volumeId(int number) {
    return volumeIds[number % VOLUMES];
  }

  void makeVolumes() throws IOException {
    try (HttpConnection connection = new HttpConnection(urls.get(0), sockets)) {
      for (int i = 0; i < VOLUMES; i++) {
        String body = "{\"name\":\"" + volumeName(i) + "\",\"size\":\"16MiB\",\"protection\":\"rf3\"}";
        byte[] answer = connection.exchange(connection.request("POST", "/api/v1/volumes", headers, body));
        volumeIds[i] = Subscription.word(new String(answer, StandardCharsets.UTF_8), "id");
      }
    }
  }

  /**
   * Makes changes number {@code from} to {@code to}, and returns when all are acknowledged.
   *
   * @param perSecond over all nodes
   * @param measured not a part of the warm-up
   */
  List<Change> make(int from, int to, double perSecond, boolean measured)
      throws IOException, InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(urls.size());
    long beginNs = System.nanoTime();
    List<Future<List<Change>>> writing = new ArrayList<>();
    for (int node = 0; node < urls.size(); node++) {
      int first = from + node;
      HttpConnection connection = new HttpConnection(urls.get(node), sockets);
      writing.add(threads.submit(() -> write(connection, first, to, beginNs, perSecond, from, measured)));
    }
    List<Change> changes = new ArrayList<>();
    for (Future<List<Change>> each : writing) {
      changes.addAll(each.get());
    }
    threads.shutdown();
    return changes;
  }

  private List<Change> write(
      HttpConnection connection, int first, int to, long beginNs, double perSecond, int from, boolean measured)
      throws IOException {
    List<Change> changes = new ArrayList<>();
    try (connection) {
      for (int i = first; i < to; i += urls.size()) {
        long dueNs = beginNs + (long) (TimeUnit.SECONDS.toNanos(i - from) / perSecond);
        for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
          LockSupport.parkNanos(waitNs);
        }
        changes.add(change(connection, i, measured));
      }
    }
    return changes;
  }

  private Change change(HttpConnection connection, int number, boolean measured) throws IOException {
    if (number % ANNOUNCEMENT_EVERY == ANNOUNCEMENT_EVERY - 1) {
      return put(connection, "announcement", ANNOUNCEMENT, number, measured);
    }
    if (number % VOLUME_EVERY == VOLUME_EVERY - 1) {
      int volume = number / VOLUME_EVERY % VOLUMES;
      String body = "{\"limits\":{\"readOperationsPerSecond\":" + (10_000 + number) + "}}";
      byte[] request = connection.request("PATCH", "/api/v1/volumes/" + volumeIds[volume], headers, body);
      return send(connection, request, "volume", Source.RCD, "volumes/" + volumeIds[volume], volumeName(volume), measured);
    }
    // a stride that meets all of them
    return put(connection, "document", document(number * 7), number, measured);
  }

  private Change put(HttpConnection connection, String kind, String object, int number, boolean measured)
      throws IOException {
    String body = "{\"change\":" + number + ",\"text\":\"a hundred bytes or so, as a setting of something might have them\"}";
    byte[] request = connection.request("PUT", "/api/v1/" + object + "?type=bench", headers, body);
    return send(connection, request, kind, Source.CONFIG, object, object.substring(object.indexOf('/') + 1), measured);
  }

  private static Change send(
      HttpConnection connection, byte[] request, String kind, Source source, String object, String name, boolean measured)
      throws IOException {
    long sentNs = System.nanoTime();
    byte[] answer = connection.exchange(request);
    long answeredNs = System.nanoTime();
    long revision = Subscription.number(new String(answer, StandardCharsets.UTF_8), "revision");
    return new Change(kind, measured, source, revision, object, name, sentNs, answeredNs);
  }

  /** What the subscription of a number asks for. */
  List<String> subjects(int number) {
    int share = number % 100;
    if (share == 0) {
      return List.of();
    }
    String one;
    if (share == 1) {
      one = "config";
    } else if (share == 2) {
      return List.of("volumes");
    } else if (share < 23) {
      one = "config/bench/g" + number / 100 % GROUPS;
      if (number % 2 == 0) {
        // inside of what it has already: told once all the same
        return List.of(one, one + "/d" + number / 100 % DOCUMENTS_PER_GROUP, ANNOUNCEMENT);
      }
    } else if (share < 80) {
      one = document(number);
    } else {
      one = "volumes/" + (number % 2 == 0 ? volumeId(number / 2) : volumeName(number / 2));
    }
    return Arrays.asList(one, ANNOUNCEMENT);
  }
}
