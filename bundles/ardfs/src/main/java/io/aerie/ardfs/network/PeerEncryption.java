package io.aerie.ardfs.network;

import io.aerie.cluster.identity.TlsMaterial;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Mutual TLS 1.3 between nodes: by BoringSSL where its library is there, else by the JDK, of which
 * the same records ask several times as much (docs/performance.md). Both ask the cluster's managers
 * at each handshake and resume no session of before a change, so what they say counts from the next
 * connection on.
 */
public final class PeerEncryption {
  /** What carries TLS out. */
  enum Library {
    BORING_SSL,
    JDK
  }

  /** BoringSSL's, one for each side of a connection. */
  private record Contexts(SslContext client, SslContext server) {}

  private static final String VERSION = "TLSv1.3";

  private final TlsMaterial tls;
  private final Optional<Contexts> contexts;

  private PeerEncryption(TlsMaterial tls, Optional<Contexts> contexts) {
    this.tls = tls;
    this.contexts = contexts;
  }

  /** By what is there. */
  public static PeerEncryption of(TlsMaterial tls) {
    return of(tls, OpenSsl.isAvailable() ? Library.BORING_SSL : Library.JDK);
  }

  static PeerEncryption of(TlsMaterial tls, Library library) {
    if (library == Library.JDK) {
      return new PeerEncryption(tls, Optional.empty());
    }
    try {
      SslContext client = build(SslContextBuilder.forClient().keyManager(tls.keyManager()), tls);
      SslContext server = build(SslContextBuilder.forServer(tls.keyManager()), tls);
      return new PeerEncryption(tls, Optional.of(new Contexts(client, server)));
    } catch (SSLException e) {
      throw new IllegalStateException("TLS between nodes can't be set up", e);
    }
  }

  private static SslContext build(SslContextBuilder builder, TlsMaterial tls) throws SSLException {
    return builder
        .sslProvider(SslProvider.OPENSSL)
        .trustManager(tls.trustManager())
        .clientAuth(ClientAuth.REQUIRE)
        .protocols(VERSION)
        .build();
  }

  /**
   * One end of a connection.
   *
   * @param handshakes where the arithmetic of the handshake is done
   */
  SslHandler handler(boolean client, ByteBufAllocator allocator, Executor handshakes) {
    if (contexts.isPresent()) {
      SslContext context = client ? contexts.get().client() : contexts.get().server();
      return context.newHandler(allocator, handshakes);
    }
    SSLEngine engine = tls.context().createSSLEngine();
    engine.setUseClientMode(client);
    engine.setNeedClientAuth(!client);
    engine.setEnabledProtocols(new String[] {VERSION});
    return new SslHandler(engine, handshakes);
  }

  @Override
  public String toString() {
    return contexts.isPresent() ? "TLS 1.3 by BoringSSL" : "TLS 1.3 by the JDK";
  }
}
