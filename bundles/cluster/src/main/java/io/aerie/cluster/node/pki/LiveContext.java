package io.aerie.cluster.node.pki;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A context that stands for another, which is exchanged when certificates change. Beside fresh
 * certificates that gives fresh session caches: nobody resumes a session (RFC 8446, section 2.2)
 * that was begun with a certificate that isn't trusted any more. Factories of sockets are those of
 * the moment at which they are asked for.
 */
public final class LiveContext extends SSLContext {
  private LiveContext(Supplier<SSLContext> present, Provider provider) {
    super(new Spi(present), provider, "TLS");
  }

  /** Stands for what the supplier answers at each use. */
  public static SSLContext of(Supplier<SSLContext> present) {
    return new LiveContext(present, present.get().getProvider());
  }

  private static final class Spi extends SSLContextSpi {
    private final Supplier<SSLContext> present;

    Spi(Supplier<SSLContext> present) {
      this.present = present;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("this context has its keys already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return present.get().getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return present.get().getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return present.get().createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return present.get().createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return present.get().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return present.get().getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return present.get().getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return present.get().getSupportedSSLParameters();
    }
  }
}
