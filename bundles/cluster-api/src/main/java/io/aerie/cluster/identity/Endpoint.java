package io.aerie.cluster.identity;

/**
 * Where one of a node's servers listens.
 *
 * @param host an address or host name that other nodes can reach
 * @param port a TCP port, 1 to 65535
 */
public record Endpoint(String host, int port) {
  public Endpoint {
    if (host.isBlank() || port < 1 || port > 65535) {
      throw new IllegalArgumentException("no endpoint: " + host + ":" + port);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
