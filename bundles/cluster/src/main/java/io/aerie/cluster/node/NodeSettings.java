package io.aerie.cluster.node;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.node.admission.Invitation;
import io.aerie.cluster.node.admission.TokenText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The node's configuration, valid as a whole.
 *
 * @param self this node as others will know it
 * @param data the folder for all data
 * @param mode what to do while the node is no member
 * @param token for {@link Mode#JOIN}, else empty
 * @param invitation for {@link Mode#FOUND}, if there is one
 * @param clusterName of a cluster that is founded
 */
record NodeSettings(
    Member self,
    Path data,
    Mode mode,
    String token,
    Optional<Invitation> invitation,
    String clusterName) {
  /** What to do while the node is no member. */
  enum Mode {
    FOUND,
    JOIN,
    WAIT
  }

  // RFC 1123 names, IPv4, IPv6 without brackets or zone
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}");

  /**
   * Validates all keys.
   *
   * @param defaultData stands in for an empty {@code data}
   * @throws AerieException INVALID_VALUE that names every bad key
   */
  static NodeSettings of(NodeConfiguration configuration, Path defaultData) {
    List<String> problems = new ArrayList<>();
    checkName(problems, "node", configuration.node());
    checkName(problems, "cluster.name", configuration.cluster_name());
    String host = configuration.host().strip();
    if (!HOST.matcher(host).matches()) {
      problems.add("host: '" + host + "' is neither an address nor a host name.");
    }
    Path data = data(problems, configuration.data().strip(), defaultData);
    Mode mode = mode(problems, configuration.mode().strip());
    String token = configuration.token().strip();
    if (mode == Mode.JOIN) {
      checkToken(problems, token);
    }
    Optional<Invitation> invitation =
        mode == Mode.FOUND ? invitation(problems, configuration.invitation()) : Optional.empty();
    Map<Service, Integer> ports = ports(problems, configuration);
    if (!problems.isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "the node's configuration io.aerie.node can't be used",
          String.join(" ", problems),
          "Correct etc/io.aerie.node.cfg; it is read again at once.");
    }
    Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
    ports.forEach((service, port) -> endpoints.put(service, new Endpoint(host, port)));
    Member self = new Member(new NodeId(configuration.node()), endpoints);
    return new NodeSettings(self, data, mode, token, invitation, configuration.cluster_name());
  }

  private static void checkName(List<String> problems, String key, String value) {
    try {
      Names.check(key, value);
    } catch (AerieException e) {
      problems.add(key + ": " + e.getMessage() + ". " + e.why());
    }
  }

  private static Path data(List<String> problems, String text, Path defaultData) {
    try {
      Path path = text.isEmpty() ? defaultData : Path.of(text);
      if (!path.isAbsolute()) {
        problems.add("data: '" + path + "' is not an absolute path.");
      }
      return path;
    } catch (InvalidPathException e) {
      problems.add("data: '" + text + "' is not a path.");
      return defaultData;
    }
  }

  private static Mode mode(List<String> problems, String text) {
    for (Mode mode : Mode.values()) {
      if (mode.name().equalsIgnoreCase(text)) {
        return mode;
      }
    }
    problems.add("mode: '" + text + "' is none of found, join, wait.");
    return Mode.WAIT;
  }

  private static void checkToken(List<String> problems, String token) {
    try {
      TokenText.parse(token);
    } catch (AerieException e) {
      // never the token itself: it is a secret
      problems.add("token: " + e.getMessage() + ".");
    }
  }

  private static Optional<Invitation> invitation(List<String> problems, String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Invitation.parse(text));
    } catch (AerieException e) {
      problems.add("invitation: " + e.getMessage() + ".");
      return Optional.empty();
    }
  }

  private static Map<Service, Integer> ports(
      List<String> problems, NodeConfiguration configuration) {
    Map<Service, String> texts = new EnumMap<>(Service.class);
    texts.put(Service.CLUSTER, configuration.port_cluster());
    texts.put(Service.LOG, configuration.port_log());
    texts.put(Service.DATA, configuration.port_data());
    texts.put(Service.REST, configuration.port_rest());
    texts.put(Service.SSH, configuration.port_ssh());
    texts.put(Service.NBD, configuration.port_nbd());
    texts.put(Service.ISCSI, configuration.port_iscsi());
    Map<Service, Integer> ports = new EnumMap<>(Service.class);
    Map<Integer, String> taken = new HashMap<>();
    for (Service service : Arrays.asList(Service.values())) {
      String key = "port." + service.name().toLowerCase(java.util.Locale.ROOT);
      String text = texts.get(service).strip();
      int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
      if (port < 1 || port > 65_535) {
        problems.add(key + ": '" + text + "' is not a port from 1 to 65535.");
        continue;
      }
      String other = taken.putIfAbsent(port, key);
      if (other != null) {
        problems.add(key + ": " + port + " is " + other + " already.");
      }
      ports.put(service, port);
    }
    return ports;
  }

  /** Whether a member must start anew when its configuration becomes this one. */
  boolean changesMember(NodeSettings former) {
    return !self.equals(former.self()) || !data.equals(former.data());
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "NodeSettings[self=" + self + ", data=" + data + ", mode=" + mode + "]";
  }
}
