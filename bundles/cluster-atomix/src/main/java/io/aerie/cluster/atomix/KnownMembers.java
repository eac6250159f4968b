package io.aerie.cluster.atomix;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * All members that this node ever met and that didn't leave, on disk, so that a restarted node
 * finds the others even when its seeds have moved. A properties file (ISO 8859-1, {@link
 * Properties}):
 *
 * <pre>
 * NODE/endpoint.SERVICE=host:port
 * </pre>
 *
 * <p>A node's name contains no slash ({@link io.aerie.base.Names}).
 */
final class KnownMembers {
  private final Path file;
  private final Map<NodeId, Member> members = new TreeMap<>();
  private Set<NodeId> removed = Set.of();

  KnownMembers(Path file, Member self, List<Member> seeds) {
    this.file = file;
    seeds.forEach(seed -> members.put(seed.id(), seed));
    // what was learnt later beats what the seeds said when this node was admitted
    load();
    members.put(self.id(), self);
  }

  synchronized List<Member> all() {
    return List.copyOf(members.values());
  }

  synchronized Optional<Member> find(NodeId id) {
    return Optional.ofNullable(members.get(id));
  }

  /**
   * Remembers a member as it is now.
   *
   * @return true when it was unknown
   */
  synchronized boolean remember(Member member) throws IOException {
    Member before = members.put(member.id(), member);
    if (!member.equals(before)) {
      store();
    }
    return before == null;
  }

  /** Who was removed from the cluster, all of them. */
  synchronized void removed(Set<NodeId> newRemoved) {
    removed = Set.copyOf(newRemoved);
  }

  /** Those of them that are not forgotten yet. */
  synchronized List<Member> toForget() {
    return members.values().stream().filter(member -> isRemoved(member.id())).toList();
  }

  synchronized void forget(NodeId id) throws IOException {
    if (members.remove(id) != null) {
      store();
    }
  }

  /** Whether a node that shows up under this name is none of the cluster. */
  synchronized boolean isRemoved(NodeId id) {
    return removed.contains(id);
  }

  private void load() {
    if (!Files.exists(file)) {
      return;
    }
    Properties stored = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      stored.load(in);
      Map<NodeId, Properties> byNode = new TreeMap<>();
      for (String key : stored.stringPropertyNames()) {
        int slash = key.indexOf('/');
        if (slash < 0) {
          throw new IllegalArgumentException("no member's property: " + key);
        }
        byNode
            .computeIfAbsent(new NodeId(key.substring(0, slash)), id -> new Properties())
            .setProperty(key.substring(slash + 1), stored.getProperty(key));
      }
      byNode.forEach((id, properties) -> members.put(id, MemberProperties.read(id, properties)));
    } catch (IOException | IllegalArgumentException | AerieException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "The list of the cluster's members can't be read",
          file + ": " + e.getMessage(),
          "Remove the file: the node then starts from the members that it was admitted by.",
          e);
    }
  }

  private void store() throws IOException {
    Properties properties = new Properties();
    members.forEach(
        (id, member) ->
            MemberProperties.write(member)
                .forEach((key, value) -> properties.put(id + "/" + key, value)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    properties.store(out, "members of the cluster, kept by the cluster's membership");
    DurableFiles.write(
        file, out.toString(StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1));
  }
}
