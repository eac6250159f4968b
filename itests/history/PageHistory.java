package io.aerie.history;

import io.aerie.sim.RegisterChecker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Reads and writes a few pages of the volume {@code pages} over NBD, through all nodes at once. Each
 * write has a value of its own, repeated through the page, so a torn page shows too.
 */
final class PageHistory implements History {
  static final String VOLUME = "pages";
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 6;

  /** Pages lie in different groups of disks. */
  private static final long STRIDE_BYTES = 4 << 20;

  private static final int CLIENTS_PER_NODE = 1;
  private static final int SUCCESSES_MIN = 100;
  private static final long THINKING_NANOS = TimeUnit.MILLISECONDS.toNanos(80);
  private static final int VALUE_CLIENT_SHIFT = 40;

  private final List<String> exports;
  private final List<Client> clients = new ArrayList<>();

  /**
   * @param value written or read
   * @param end Long.MAX_VALUE when nobody knows whether it was done
   */
  private record Operation(boolean write, int page, long value, long begin, long end) {}

  PageHistory(List<String> exports) {
    this.exports = exports;
  }

  @Override
  public String name() {
    return VOLUME;
  }

  @Override
  public List<Worker> prepare(Progress progress) {
    for (int i = 0; i < exports.size() * CLIENTS_PER_NODE; i++) {
      clients.add(new Client(i, progress));
    }
    return List.copyOf(clients);
  }

  @Override
  public Verdict judge() throws IOException {
    List<Operation> all = new ArrayList<>();
    Verdict verdict = new Verdict();
    for (Client client : clients) {
      all.addAll(client.done);
      client.torn.forEach(verdict::violation);
    }
    for (String export : exports) {
      try (NbdConnection connection = NbdConnection.open(export, VOLUME).orElseThrow()) {
        for (int page = 0; page < PAGES; page++) {
          long begin = System.nanoTime();
          byte[] bytes = connection.read(page * STRIDE_BYTES, PAGE_BYTES);
          all.add(new Operation(false, page, value(bytes), begin, System.nanoTime()));
        }
      }
    }
    long unknown = all.stream().filter(o -> o.end == Long.MAX_VALUE).count();
    verdict.say((all.size() - unknown) + " operations were done");
    verdict.say(unknown + " writes have an unknown end");
    for (int page = 0; page < PAGES; page++) {
      RegisterChecker checker = new RegisterChecker();
      for (Operation operation : all) {
        if (operation.page == page && operation.write) {
          checker.wrote(operation.value, operation.begin, operation.end);
        } else if (operation.page == page) {
          checker.read(operation.value, operation.begin, operation.end);
        }
      }
      String where = "page " + page + ": ";
      checker.violation().ifPresent(what -> verdict.violation(where + what));
    }
    if (all.size() - unknown < SUCCESSES_MIN) {
      verdict.violation("too few operations succeeded to judge");
    }
    return verdict;
  }

  private static byte[] page(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(PAGE_BYTES);
    while (bytes.hasRemaining()) {
      bytes.putLong(value);
    }
    return bytes.array();
  }

  private static long value(byte[] page) {
    return ByteBuffer.wrap(page).getLong();
  }

  private final class Client extends Worker {
    private final int number;
    private final String export;
    private final Random random;
    private final List<Operation> done = new ArrayList<>();
    private final List<String> torn = new ArrayList<>();
    private NbdConnection connection;

    Client(int number, Progress progress) {
      super(VOLUME, number % exports.size(), THINKING_NANOS, progress);
      this.number = number;
      export = exports.get(number % exports.size());
      random = new Random(number);
    }

    @Override
    boolean step(int i) {
      int page = random.nextInt(PAGES);
      boolean write = random.nextBoolean();
      long value = ((long) (number + 1) << VALUE_CLIENT_SHIFT) + i;
      long begin = Long.MAX_VALUE;
      try {
        if (connection == null) {
          Optional<NbdConnection> opened = NbdConnection.open(export, VOLUME);
          connection =
              opened.orElseThrow(() -> new IllegalStateException("the volume is said to be gone"));
        }
        begin = System.nanoTime();
        if (write) {
          connection.write(page * STRIDE_BYTES, page(value));
        } else {
          value = checked(connection.read(page * STRIDE_BYTES, PAGE_BYTES));
        }
        done.add(new Operation(write, page, value, begin, System.nanoTime()));
        return write;
      } catch (IOException e) {
        if (write && begin != Long.MAX_VALUE) {
          done.add(new Operation(true, page, value, begin, Long.MAX_VALUE));
        }
        end();
        return false;
      }
    }

    private long checked(byte[] page) {
      long value = value(page);
      if (!Arrays.equals(page, page(value))) {
        torn.add("a page is torn; it begins with " + Long.toHexString(value));
      }
      return value;
    }

    @Override
    void end() {
      if (connection != null) {
        try {
          connection.close();
        } catch (IOException e) {
          // It is broken already; the server closes the volume when it notices.
          connection = null;
        }
        connection = null;
      }
    }
  }
}
