package io.aerie.configdb;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.TlsMaterial;
import java.nio.file.Path;
import java.util.List;

/** A test's identity with a secret, which ConfigDB derives keys from. */
record PlainIdentity(ClusterIdentity inner) implements ClusterIdentity {
  @Override
  public String clusterId() {
    return inner.clusterId();
  }

  @Override
  public Member self() {
    return inner.self();
  }

  @Override
  public List<Member> seeds() {
    return inner.seeds();
  }

  @Override
  public boolean founder() {
    return inner.founder();
  }

  @Override
  public TlsMaterial tls() {
    return inner.tls();
  }

  @Override
  public byte[] secret(String purpose) {
    return new byte[32];
  }

  @Override
  public Path dataDirectory(String name) {
    return inner.dataDirectory(name);
  }
}
