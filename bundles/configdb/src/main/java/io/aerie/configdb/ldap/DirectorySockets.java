package io.aerie.configdb.ldap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS sockets that speak only to whom the URL names (RFC 4513, section 3.1.3; checked by the JDK:
 * the LDAP library's own check spares loopback addresses), and whose reads end. The library bounds
 * connecting and answers, but not the handshake in between: a server that accepts and says nothing
 * would hold its login for good.
 */
final class DirectorySockets extends SSLSocketFactory {
  private final SSLSocketFactory factory;
  private final int readTimeoutMs;

  DirectorySockets(SSLSocketFactory factory, int readTimeoutMs) {
    this.factory = factory;
    this.readTimeoutMs = readTimeoutMs;
  }

  private Socket prepared(Socket socket) throws IOException {
    socket.setSoTimeout(readTimeoutMs);
    if (socket instanceof SSLSocket secured) {
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("LDAPS");
      secured.setSSLParameters(parameters);
    }
    return socket;
  }

  @Override
  public Socket createSocket() throws IOException {
    return prepared(factory.createSocket());
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return prepared(factory.createSocket(prepared(socket), host, port, autoClose));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return prepared(factory.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return prepared(factory.createSocket(host, port, localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return prepared(factory.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return prepared(factory.createSocket(address, port, localAddress, localPort));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }
}
