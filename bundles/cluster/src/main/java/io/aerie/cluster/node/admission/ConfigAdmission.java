package io.aerie.cluster.node.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.node.certificate.RotationGate;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.CertificateRequest;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.cluster.node.store.Waiting;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Admission through ConfigDB. A token's document at {@code cluster/tokens/SHA-256 of the secret}
 * ({@code {"expires": ISO 8601}}, type {@code join-token}) is deleted in the same transaction that
 * writes the member's record: of all members that are asked at once, one succeeds.
 *
 * <p>A joiner whose answer was lost asks again with the same token and key, and gets the same
 * answer until the token's end.
 */
public final class ConfigAdmission implements ClusterAdmission {
  private static final String TOKENS = "cluster/tokens";
  private static final Duration VALIDITY_MAX = Duration.ofHours(24);
  private static final int SECRET_BYTES = 32;

  /** Members named in a token: enough to find one that is up, and the text stays short. */
  private static final int TOKEN_ENDPOINTS_MAX = 8;

  /** Tries of a transaction that another member's overtook. */
  private static final int ATTEMPTS_MAX = 5;

  private final StoredIdentity identity;
  private final Supplier<Optional<ConfigStore>> stores;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * @param stores ConfigDB while it is there
   */
  public ConfigAdmission(
      StoredIdentity identity,
      Supplier<Optional<ConfigStore>> stores,
      Clock clock,
      SecureRandom random) {
    this.identity = identity;
    this.stores = stores;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public JoinToken issueToken(Duration validity) {
    if (validity.isNegative() || validity.isZero() || validity.compareTo(VALIDITY_MAX) > 0) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "a token can't be valid for " + validity,
          "It is valid for at most 24 hours.",
          "");
    }
    ConfigStore store = store();
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant expires = clock.instant().plus(validity);
    ObjectNode document = MemberJson.object();
    document.put("expires", expires.toString());
    List<Change> changes = new ArrayList<>();
    store.listLocal(TOKENS).stream()
        .filter(this::isExpired)
        .forEach(old -> changes.add(new Change.Delete(old.path())));
    changes.add(token(hash(secret), document));
    Waiting.on(store.commit(new ConfigTransaction(List.of(), changes)));
    return new JoinToken(
        new TokenText(endpoints(), fingerprint(), restFingerprint(), secret).encode(), expires);
  }

  private List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.add(identity.self().endpoint(Service.REST));
    identity.seeds().stream()
        .limit(TOKEN_ENDPOINTS_MAX - 1L)
        .forEach(seed -> endpoints.add(seed.endpoint(Service.REST)));
    return endpoints;
  }

  private String fingerprint() {
    return fingerprint(identity.authority().certificate());
  }

  /** Of what a new node may meet instead of a certificate of the CA. */
  private String restFingerprint() {
    return identity.supplied().map(supplied -> fingerprint(supplied.certificate())).orElse("");
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return Keys.fingerprint(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  @Override
  public JoinGrant admit(JoinRequest request) {
    ConfigStore store = store();
    Candidate candidate = candidate(request);
    for (int attempt = 1; ; attempt++) {
      Optional<Document> token = Waiting.on(store.get(path(candidate.tokenHash())));
      Optional<Document> former = Waiting.on(store.get(NodeRecord.path(request.node().id())));
      Optional<NodeRecord.Admission> repeated =
          former.map(NodeRecord::of).map(NodeRecord::admission).filter(candidate::isAskingAgain);
      if (repeated.isPresent()
          && repeated.get().tokenHash().equals(candidate.tokenHash())
          && isOpen(repeated.get().expires())) {
        return grant(store, request, repeated.get().certificatePem());
      }
      if (token.isEmpty() || isExpired(token.get())) {
        checkInvited(store);
        throw invalidToken();
      }
      if (former.isPresent() && repeated.isEmpty()) {
        throw alreadyExists(request);
      }
      try {
        // whose answer was lost, and who was given another token meanwhile, is admitted anew
        return admit(store, candidate, token.get(), former.map(Document::revision).orElse(0L));
      } catch (AerieException e) {
        if (e.code() != ErrorCode.PRECONDITION_FAILED || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  /** A request that is well formed. */
  private record Candidate(JoinRequest request, String tokenHash, PublicKey key) {
    String keyHash() {
      return Keys.fingerprint(key.getEncoded());
    }

    /** With the key that was admitted, which only that node has. */
    boolean isAskingAgain(NodeRecord.Admission admission) {
      return admission.keyHash().equals(keyHash());
    }
  }

  private static Candidate candidate(JoinRequest request) {
    Member node = request.node();
    if (request.token() == null || request.token().isBlank()) {
      throw invalidToken();
    }
    for (Service service : List.of(Service.CLUSTER, Service.LOG, Service.DATA, Service.REST)) {
      if (!node.endpoints().containsKey(service)) {
        throw new AerieException(
            ErrorCode.INVALID_VALUE, "'" + node.id() + "' names no endpoint for " + service);
      }
    }
    PublicKey key = CertificateRequest.verify(request.certificateRequestPem(), node.id());
    return new Candidate(request, hash(request.token()), key);
  }

  private JoinGrant admit(
      ConfigStore store, Candidate candidate, Document token, long formerRevision) {
    Member node = candidate.request().node();
    Condition settled = RotationGate.settled(store);
    X509Certificate certificate;
    String pem;
    try {
      certificate =
          identity
              .authority()
              .issue(candidate.key(), node.id(), StoredIdentity.hosts(node), clock, random);
      pem = Pem.of(certificate);
    } catch (GeneralSecurityException e) {
      throw new AerieException(
          ErrorCode.INTERNAL, "the certificate could not be made", e.toString(), "", e);
    }
    NodeRecord record =
        new NodeRecord(
            node,
            certificate.getSerialNumber().toString(16),
            candidate.keyHash(),
            clock.instant(),
            new NodeRecord.Admission(
                candidate.tokenHash(), candidate.keyHash(), pem, expires(token)));
    Waiting.on(
        store.commit(
            new ConfigTransaction(
                List.of(
                    settled,
                    new Condition(token.path(), token.revision()),
                    new Condition(NodeRecord.path(node.id()), formerRevision)),
                List.of(new Change.Delete(token.path()), record.put()))));
    return grant(store, candidate.request(), pem);
  }

  private JoinGrant grant(ConfigStore store, JoinRequest request, String certificatePem) {
    List<Member> members =
        Waiting.on(store.list(NodeRecord.PREFIX)).stream()
            .map(document -> NodeRecord.of(document).member())
            .filter(member -> !member.id().equals(request.node().id()))
            .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
    if (members.stream().noneMatch(member -> member.id().equals(identity.self().id()))) {
      // the founder's own record may be under way still
      members.add(identity.self());
    }
    try {
      return new JoinGrant(
          identity.clusterId(),
          identity.clusterName(),
          List.copyOf(members),
          certificatePem,
          Pem.of(identity.authority().certificate()),
          Pem.of(identity.authority().key()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  private ConfigStore store() {
    return stores
        .get()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "nodes can't be admitted now",
                    "ConfigDB, which keeps tokens and members, is not open on this node.",
                    "Try again in a moment, or ask another member."));
  }

  private boolean isExpired(Document token) {
    return !isOpen(expires(token));
  }

  private boolean isOpen(Instant expires) {
    return clock.instant().isBefore(expires);
  }

  private static Instant expires(Document token) {
    return Instant.parse(MemberJson.text(MemberJson.parse(token.json()), "expires"));
  }

  /** A token's document. */
  static Change token(String hash, ObjectNode document) {
    return new Change.Put(path(hash), "join-token", document.toString());
  }

  private static String path(String tokenHash) {
    return TOKENS + "/" + tokenHash;
  }

  private static String hash(String secret) {
    return Keys.fingerprint(secret.getBytes(StandardCharsets.UTF_8));
  }

  /** A founder's invitation comes with its own record: before that nobody is refused for good. */
  private void checkInvited(ConfigStore store) {
    if (Waiting.on(store.get(NodeRecord.path(identity.self().id()))).isEmpty()) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE,
          "this node does not admit others now",
          "It is not in the cluster's list of nodes yet, or any more.",
          "Ask again, or another member.");
    }
  }

  private static AerieException invalidToken() {
    return new AerieException(
        ErrorCode.TOKEN_INVALID,
        "the join token is not valid",
        "It is unknown, was used already, or its time is over.",
        "Issue a new one on a member of the cluster.");
  }

  private static AerieException alreadyExists(JoinRequest request) {
    return new AerieException(
        ErrorCode.ALREADY_EXISTS,
        "there is a node '" + request.node().id() + "' in the cluster",
        "Also a node that lost its data can't come back under its old name.",
        "Give the new node another name.");
  }
}
