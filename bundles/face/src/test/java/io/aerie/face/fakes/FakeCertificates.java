package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.CertificateFacts;
import io.aerie.cluster.identity.RestCertificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Takes every certificate but "bad"; a rotation stays in its first phase and waits for n3. */
public final class FakeCertificates implements RestCertificate, AuthorityRotation {
  private Optional<CertificateFacts> supplied = Optional.empty();
  private Phase phase = Phase.DONE;
  private Set<NodeId> leftOut = Set.of();
  private boolean held;

  private static CertificateFacts facts(String name, String pem) {
    return new CertificateFacts(
        "CN=" + name,
        "CN=issuer",
        "1f",
        "ab",
        Instant.EPOCH,
        Instant.EPOCH,
        List.of(name),
        "EC 256",
        pem);
  }

  @Override
  public View view() {
    return new View(supplied, facts("n1", "OWN"), supplied.isPresent() ? 7 : 0);
  }

  @Override
  public CompletableFuture<View> set(
      String chainPem, String keyPem, OptionalLong expectedRevision, boolean dryRun) {
    if (chainPem.equals("bad")) {
      throw new AerieException(ErrorCode.CERTIFICATE_EXPIRED, "The certificate can't be used");
    }
    Optional<CertificateFacts> wanted = Optional.of(facts("aerie.example", chainPem));
    if (!dryRun) {
      supplied = wanted;
    }
    return CompletableFuture.completedFuture(new View(wanted, facts("n1", "OWN"), 7));
  }

  @Override
  public CompletableFuture<View> reset(OptionalLong expectedRevision, boolean dryRun) {
    if (!dryRun) {
      supplied = Optional.empty();
    }
    return CompletableFuture.completedFuture(new View(Optional.empty(), facts("n1", "OWN"), 0));
  }

  @Override
  public State state() {
    boolean open = phase != Phase.DONE;
    return new State(
        phase,
        held,
        facts("CA 1", "CA1\n"),
        List.of(facts("CA 1", "CA1\n")),
        open ? Optional.of(facts("CA 2", "CA2\n")) : Optional.empty(),
        open ? List.of(new NodeId("n3")) : List.of(),
        List.copyOf(leftOut),
        1);
  }

  @Override
  public CompletableFuture<State> rotate(boolean hold, Set<NodeId> without, boolean dryRun) {
    if (!dryRun) {
      phase = Phase.TRUST;
      held = hold;
      leftOut = Set.copyOf(without);
    }
    return CompletableFuture.completedFuture(state());
  }
}
