package io.aerie.shell.login;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our roles as Karaf's. Its own commands reach files and processes of the node, so only
 * administrators get the role "ssh" that its login asks for.
 */
public final class ShellRoles {
  /** {@code /192.0.2.1:4321}, {@code /[2001:db8::1]:4321}, {@code host/192.0.2.1:4321}. */
  private static final Pattern ADDRESS =
      Pattern.compile("[^/]*/\\[?([0-9a-fA-F:.]+?)(%\\w+)?]?:\\d+");

  private ShellRoles() {}

  /** What an administrator is to Karaf; others don't get in. */
  static final List<String> ADMINISTRATOR =
      List.of("admin", "manager", "viewer", "systembundles", "ssh");

  /** The host of a socket's address as Java prints it; the text itself when it is none. */
  public static String host(String address) {
    Matcher matcher = ADDRESS.matcher(address);
    return matcher.matches() ? matcher.group(1) : address;
  }
}
