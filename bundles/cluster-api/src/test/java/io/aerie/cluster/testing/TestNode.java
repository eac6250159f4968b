package io.aerie.cluster.testing;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.TlsMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * An identity in a test's folder.
 *
 * @param clusterId the cluster
 * @param self this node
 * @param seeds the others that it knows
 * @param founder whether it made the cluster
 * @param tls its keys
 * @param folder where its data lies
 * @param leaving nodes that are being removed; the test changes it
 */
public record TestNode(
    String clusterId,
    Member self,
    List<Member> seeds,
    boolean founder,
    TlsMaterial tls,
    Path folder,
    Set<NodeId> leaving)
    implements ClusterIdentity {

  @Override
  public Path dataDirectory(String name) {
    try {
      return Files.createDirectories(folder.resolve("data").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
