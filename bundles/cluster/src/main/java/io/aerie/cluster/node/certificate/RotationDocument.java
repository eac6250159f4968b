package io.aerie.cluster.node.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation.Phase;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The last rotation of the CA, type {@code ca-rotation}, at {@code cluster/ca}. It never leaves the
 * cluster: what lies below {@code cluster} is in no export.
 *
 * <pre>
 *  {"number": 2, "phase": "TRUST"|"ISSUE"|"DROP"|"DONE", "hold": false, "without": [node, ...],
 *   "started": ISO 8601, "certificatePem": the new CA's, "keyPem": PKCS 8, empty once DONE}
 * </pre>
 *
 * @param number of the CA; a cluster's first is 1 and has no document
 * @param phase what all have to do now
 * @param hold stop after TRUST
 * @param without who is not waited for
 * @param started when
 * @param certificate the new CA's
 * @param keyPem its key: a secret
 * @param revision of the document; 0 for one that isn't written
 */
record RotationDocument(
    long number,
    Phase phase,
    boolean hold,
    Set<NodeId> without,
    Instant started,
    X509Certificate certificate,
    String keyPem,
    long revision) {
  static final String PATH = "cluster/ca";
  static final String TYPE = "ca-rotation";

  RotationDocument {
    without = Set.copyOf(without);
  }

  static RotationDocument of(Document document) {
    try {
      JsonNode json = MemberJson.parse(document.json());
      Set<NodeId> without = new LinkedHashSet<>();
      json.path("without").forEach(node -> without.add(new NodeId(node.asText())));
      return new RotationDocument(
          json.path("number").asLong(),
          Phase.valueOf(MemberJson.text(json, "phase")),
          json.path("hold").asBoolean(),
          without,
          Instant.parse(MemberJson.text(json, "started")),
          Pem.certificate(MemberJson.text(json, "certificatePem")),
          json.path("keyPem").asText(),
          document.revision());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the document '" + PATH + "' is no rotation of the CA",
          String.valueOf(e.getMessage()),
          "");
    }
  }

  /** As this node's replica has it. */
  static Optional<RotationDocument> local(ConfigStore store) {
    return store.listLocal(PATH).stream()
        .filter(document -> document.path().equals(PATH))
        .findAny()
        .map(RotationDocument::of);
  }

  /**
   * Holds as long as no rotation begins: who is admitted must be among those that a rotation waits
   * for, and get a certificate of the CA that stays.
   *
   * @throws AerieException UNAVAILABLE while a rotation is under way
   */
  static Condition settled(Optional<Document> document) {
    if (document.map(RotationDocument::of).filter(known -> !known.isDone()).isPresent()) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE,
          "nodes can't be admitted now",
          "The cluster's CA is being rotated: a new node would get a certificate of the former.",
          "Finish it (security:ca-show tells whom it waits for), then issue a new join token.");
    }
    return new Condition(PATH, document.map(Document::revision).orElse(0L));
  }

  boolean isDone() {
    return phase == Phase.DONE;
  }

  /** What all have to do when they have confirmed this; the key is needed no longer in the end. */
  RotationDocument next() {
    Phase next = Phase.values()[phase.ordinal() + 1];
    return new RotationDocument(
        number,
        next,
        false,
        without,
        started,
        certificate,
        next == Phase.DONE ? "" : keyPem,
        revision);
  }

  RotationDocument with(boolean newHold, Set<NodeId> more) {
    Set<NodeId> all = new LinkedHashSet<>(without);
    all.addAll(more);
    return new RotationDocument(
        number,
        phase,
        newHold && phase == Phase.TRUST,
        all,
        started,
        certificate,
        keyPem,
        revision);
  }

  CertificateAuthority authority() {
    try {
      return new CertificateAuthority(certificate, Pem.privateKey(keyPem));
    } catch (GeneralSecurityException e) {
      throw new AerieException(
          ErrorCode.CORRUPT, "the key of the new CA can't be read", "", "Begin a new rotation.");
    }
  }

  Change.Put put() {
    try {
      ObjectNode json = MemberJson.object();
      json.put("number", number);
      json.put("phase", phase.name());
      json.put("hold", hold);
      ArrayNode names = json.putArray("without");
      Set<String> sorted = new TreeSet<>();
      without.forEach(node -> sorted.add(node.value()));
      sorted.forEach(names::add);
      json.put("started", started.toString());
      json.put("certificatePem", Pem.of(certificate));
      json.put("keyPem", keyPem);
      return new Change.Put(PATH, TYPE, json.toString());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "RotationDocument[" + number + ", " + phase + "]";
  }
}
