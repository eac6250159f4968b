package io.aerie.cluster.node.certificate;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** A TLS handshake of two contexts in memory, without threads or sockets. */
final class Handshake {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** A client resumes sessions with the same host and port: each handshake here is a full one. */
  private static final AtomicInteger PORTS = new AtomicInteger(1);

  private Handshake() {}

  /** The certificate that the server shows; both must show one that the other trusts. */
  static X509Certificate mutual(SSLContext server, SSLContext client) throws SSLException {
    return run(server, client, Optional.empty(), true);
  }

  /** The certificate that a server without interest in the client's shows. */
  static X509Certificate of(SSLContext server, SSLContext client, Optional<String> host)
      throws SSLException {
    return run(server, client, host, false);
  }

  private static X509Certificate run(
      SSLContext server, SSLContext client, Optional<String> host, boolean mutual)
      throws SSLException {
    SSLEngine serverSide = server.createSSLEngine();
    serverSide.setUseClientMode(false);
    serverSide.setNeedClientAuth(mutual);
    SSLEngine clientSide = client.createSSLEngine("peer", PORTS.getAndIncrement());
    clientSide.setUseClientMode(true);
    SSLParameters parameters = clientSide.getSSLParameters();
    parameters.setServerNames(
        host.map(name -> List.<javax.net.ssl.SNIServerName>of(new SNIHostName(name)))
            .orElse(List.of()));
    clientSide.setSSLParameters(parameters);
    ByteBuffer toServer = ByteBuffer.allocate(BUFFER_BYTES);
    ByteBuffer toClient = ByteBuffer.allocate(BUFFER_BYTES);
    // 20 rounds are more than TLS 1.2 and 1.3 need
    for (int round = 0; round < 20; round++) {
      step(clientSide, toClient, toServer);
      step(serverSide, toServer, toClient);
    }
    if (clientSide.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
        || serverSide.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      throw new SSLException("the handshake does not end");
    }
    return (X509Certificate) clientSide.getSession().getPeerCertificates()[0];
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    ByteBuffer application = ByteBuffer.allocate(BUFFER_BYTES);
    in.flip();
    boolean going = true;
    while (going) {
      Runnable task = engine.getDelegatedTask();
      while (task != null) {
        task.run();
        task = engine.getDelegatedTask();
      }
      int before = in.remaining() + out.position();
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        engine.wrap(nothing, out);
      } else {
        engine.unwrap(in, application);
      }
      going =
          in.remaining() + out.position() != before
              || engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK
              || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    }
    in.compact();
  }
}
