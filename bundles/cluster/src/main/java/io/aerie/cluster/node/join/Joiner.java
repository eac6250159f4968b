package io.aerie.cluster.node.join;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterAdmission.JoinGrant;
import io.aerie.cluster.identity.ClusterAdmission.JoinRequest;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.node.admission.TokenText;
import io.aerie.cluster.node.identity.IdentityFolder;
import io.aerie.cluster.node.identity.IdentityMaterial;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a cluster: asks the token's members in turn, again and again while none can be reached or
 * none can admit now, until one grants or one refuses for good.
 */
public final class Joiner {
  private static final Logger log = LoggerFactory.getLogger(Joiner.class);
  private static final long PAUSE_MS = 500;
  private static final long PAUSE_MAX_MS = 10_000;

  private final Path data;
  private final Member self;
  private final TokenText token;
  private final SecureRandom random;
  private final CompletableFuture<JoinGrant> stopped = new CompletableFuture<>();

  /**
   * @param data the node's data folder
   */
  public Joiner(Path data, Member self, String token, SecureRandom random) {
    this.data = data;
    this.self = self;
    this.token = TokenText.parse(token);
    this.random = random;
  }

  /** Ends {@link #join} soon. */
  public void stop() {
    stopped.cancel(false);
  }

  /**
   * Blocks until this node is a member and its identity is on disk.
   *
   * @throws AerieException the members' refusal
   * @throws CancellationException when stopped
   */
  public void join(IdentityFolder folder) throws IOException, GeneralSecurityException {
    PendingJoin pending = PendingJoin.resume(data, self.id(), random);
    JoinClient client = new JoinClient(token);
    JoinRequest request = new JoinRequest(token.secret(), self, pending.requestPem());
    long pauseMs = PAUSE_MS;
    while (true) {
      Optional<JoinGrant> grant = askAll(client, request);
      if (grant.isPresent()) {
        folder.create(check(grant.get(), pending), random);
        PendingJoin.done(data);
        log.info("{} joined the cluster {}", self.id(), grant.get().clusterId());
        return;
      }
      log.info("No member could admit {}; asking again in {} ms", self.id(), pauseMs);
      pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
    }
  }

  private void pause(long pauseMs) {
    try {
      stopped.copy().completeOnTimeout(null, pauseMs, TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      throw (CancellationException) e.getCause();
    }
  }

  private Optional<JoinGrant> askAll(JoinClient client, JoinRequest request) {
    for (Endpoint rest : token.rest()) {
      CompletableFuture<JoinGrant> answer = client.ask(rest, request);
      try {
        return Optional.of(answer.applyToEither(stopped, grant -> grant).join());
      } catch (CompletionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof CancellationException stop) {
          throw stop;
        }
        if (cause instanceof AerieException refusal && isFinal(refusal.code())) {
          throw refusal;
        }
        log.warn("The member at {} can't admit this node now: {}", rest, describe(cause));
      }
    }
    return Optional.empty();
  }

  private static boolean isFinal(ErrorCode code) {
    return code.httpStatus() < 500;
  }

  private static String describe(Throwable failure) {
    if (failure instanceof AerieException refusal) {
      return refusal.describe();
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == failure ? failure.toString() : failure + " (" + cause.getMessage() + ")";
  }

  /** Nothing is believed because the connection was right: a wrong key would show much later. */
  private IdentityMaterial check(JoinGrant grant, PendingJoin pending)
      throws GeneralSecurityException {
    X509Certificate authority = Pem.certificate(grant.caCertificatePem());
    X509Certificate certificate = Pem.certificate(grant.certificatePem());
    CertificateAuthority keys =
        new CertificateAuthority(authority, Pem.privateKey(grant.caKeyPem()));
    if (!token.authorityFingerprint().equals(Keys.fingerprint(authority.getEncoded()))) {
      throw new GeneralSecurityException("the granted CA is not the one in the token");
    }
    certificate.verify(authority.getPublicKey());
    if (!Keys.belongTogether(pending.key(), certificate.getPublicKey())
        || !Keys.belongTogether(keys.key(), authority.getPublicKey())) {
      throw new GeneralSecurityException("a granted certificate does not fit its key");
    }
    return new IdentityMaterial(
        grant.clusterId(),
        grant.clusterName(),
        self.id(),
        false,
        keys,
        List.of(),
        pending.key(),
        certificate,
        grant.members());
  }
}
