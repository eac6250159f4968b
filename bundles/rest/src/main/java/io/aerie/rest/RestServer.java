package io.aerie.rest;

import io.aerie.cluster.identity.Endpoint;
import io.aerie.face.Subsystems;
import io.aerie.face.TransferViews;
import io.aerie.rest.http.ConnectionGuard;
import io.aerie.rest.http.ConnectionGuard.Limits;
import io.aerie.rest.http.ServedRequest;
import io.aerie.rest.http.ServerErrors;
import io.aerie.rest.stream.EventStream;
import io.aerie.rest.stream.StreamHandler;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.glassfish.jersey.jetty.JettyHttpContainer;
import org.glassfish.jersey.server.ContainerFactory;

/** The HTTPS server: one address, one port, TLS 1.2 or newer, no plain HTTP. */
public final class RestServer implements AutoCloseable {
  /**
   * Beside those of the requests that are served: for handshakes, and for requests that come and
   * must wait for their turn. None of these waits for anybody.
   */
  private static final int THREADS_BESIDE = 16;

  private static final int THREADS_MIN = 4;
  private static final int THREAD_IDLE_MS = 30_000;

  /** Silence in the midst of something; {@link ConnectionGuard} bounds the whole of it. */
  private static final int CONNECTION_IDLE_MS = 60_000;

  /** Request line and headers together: a token takes 100 bytes of it. */
  static final int HEADER_BYTES_MAX = 16 * 1024;

  /**
   * No grace at the end: Jetty would wait for silent connections as for busy ones, and fail. A
   * request that is cut off is to its client what the death of a node is.
   */
  private static final long STOP_TIMEOUT_MS = 0;

  private final Server server;
  private final ServerConnector connector;
  private final ConnectionGuard guard;

  private RestServer(Server server, ServerConnector connector, ConnectionGuard guard) {
    this.server = server;
    this.connector = connector;
    this.guard = guard;
  }

  /**
   * Starts a server; it answers when this returns.
   *
   * @param endpoint where to listen, there only
   * @param tls the node's certificate
   * @param limits what clients may hold
   * @param subsystems what the resources use
   */
  public static RestServer start(
      Endpoint endpoint, SSLContext tls, Limits limits, Subsystems subsystems) throws Exception {
    return start(
        endpoint.host(),
        endpoint.port(),
        tls,
        limits,
        subsystems,
        EventStream.HEARTBEAT,
        TransferViews.FILE_BYTES_MAX);
  }

  /** As above; port 0 takes a free one. */
  static RestServer start(
      String host,
      int port,
      SSLContext tls,
      Limits limits,
      Subsystems subsystems,
      Duration heartbeat,
      int fileBytesMax)
      throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    // Jersey, HK2 and the JAX-RS API look for their parts in the thread's class loader.
    Thread.currentThread().setContextClassLoader(JettyHttpContainer.class.getClassLoader());
    try {
      QueuedThreadPool threads =
          new QueuedThreadPool(limits.requestsMax() + THREADS_BESIDE, THREADS_MIN, THREAD_IDLE_MS);
      threads.setName("rest");
      Server server = new Server(threads);
      ServerConnector connector = connector(server, tls);
      connector.setHost(host);
      connector.setPort(port);
      server.addConnector(connector);
      server.setErrorHandler(new ServerErrors());
      server.setStopTimeout(STOP_TIMEOUT_MS);
      ConnectionGuard guard =
          new ConnectionGuard(
              limits,
              new StreamHandler(
                  new ServedRequest(
                      ContainerFactory.createContainer(
                          JettyHttpContainer.class,
                          RestApplication.over(subsystems, heartbeat, fileBytesMax)))));
      server.setHandler(guard);
      connector.addBean(guard.listener());
      try {
        server.start();
      } catch (Exception e) {
        server.stop();
        throw e;
      }
      guard.watch(connector.getScheduler());
      return new RestServer(server, connector, guard);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static ServerConnector connector(Server server, SSLContext tls) {
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(tls);
    ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(HEADER_BYTES_MAX);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    // Users reach a node by names that its certificate may not have; checking is the client's part.
    http.addCustomizer(new SecureRequestCustomizer(false));
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        new ServerConnector(
            server,
            null,
            null,
            null,
            1,
            1,
            new SslConnectionFactory(ssl, plain.getProtocol()),
            plain);
    connector.setIdleTimeout(CONNECTION_IDLE_MS);
    connector.setReuseAddress(true);
    return connector;
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() throws Exception {
    guard.unwatch();
    try {
      server.stop();
    } finally {
      server.destroy();
    }
  }
}
