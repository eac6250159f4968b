import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import javax.net.ssl.SSLContext;

/** A thread that opens streams and reads all of them. */
final class StreamLoop extends Thread {
  /** Nodes serve 80 requests at a time, and a backlog of connections has its bound, too. */
  private static final int OPENING_MAX = 24;

  private final SSLContext tls;
  private final ArrayDeque<Subscription> toOpen;
  private final Selector selector = Selector.open();
  private final ByteBuffer network = TlsStream.buffer();
  private final ByteBuffer plain = TlsStream.buffer();
  private final ArrayDeque<Subscription> opening = new ArrayDeque<>();
  private volatile boolean stopped;

  StreamLoop(SSLContext tls, Collection<Subscription> subscriptions) throws IOException {
    super("streams");
    this.tls = tls;
    this.toOpen = new ArrayDeque<>(subscriptions);
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        openMore();
        selector.select();
        for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
          SelectionKey key = keys.next();
          keys.remove();
          ready(key);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void openMore() throws IOException {
    opening.removeIf(subscription -> subscription.hasBegun() || subscription.hasEnded());
    while (opening.size() < OPENING_MAX && !toOpen.isEmpty()) {
      Subscription next = toOpen.remove();
      next.stream().connect(tls, next.from(), selector).attach(next);
      opening.add(next);
    }
  }

  private void ready(SelectionKey key) throws IOException {
    Subscription subscription = (Subscription) key.attachment();
    try {
      subscription.stream().ready(key, network, plain);
    } catch (IOException | RuntimeException e) {
      subscription.ended(e.toString());
      subscription.stream().close();
    }
  }

  /** Ends the thread, and then the streams by the process' end. */
  void finish() throws InterruptedException {
    stopped = true;
    selector.wakeup();
    join();
  }
}
