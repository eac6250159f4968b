package io.aerie.base;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Whom limits for one address count together. An IPv6 host has 2^64 addresses of its own (RFC 4291,
 * section 2.5.4), so there its network counts.
 */
public final class ClientNetwork {
  /** Addresses only: a name would be looked up. */
  private static final Pattern LITERAL =
      Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]{1,44}|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private static final int NETWORK_BYTES = 8;

  private ClientNetwork() {}

  /** Of an address as text, such as {@code 192.0.2.1}; a text that is none is one by itself. */
  public static String of(String address) {
    if (!LITERAL.matcher(address).matches()) {
      return address;
    }
    try {
      return of(InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
  }

  /** Of a connection's other end. */
  public static String of(SocketAddress address) {
    return address instanceof InetSocketAddress internet && internet.getAddress() != null
        ? of(internet.getAddress())
        : String.valueOf(address);
  }

  private static String of(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = Arrays.copyOf(address.getAddress(), address.getAddress().length);
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has another length than itself", e);
    }
  }
}
