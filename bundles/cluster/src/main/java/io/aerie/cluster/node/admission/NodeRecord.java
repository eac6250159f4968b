package io.aerie.cluster.node.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import java.time.Instant;

/**
 * A member's document, type {@code node}, at {@code cluster/nodes/ID}.
 *
 * <pre>
 *  {"id": "n2", "endpoints": {...}, "certificateSerial": hex, "key": SHA-256 of the public key,
 *   "joined": ISO 8601,
 *   "admission": {"token": SHA-256 of the spent token, "key": SHA-256 of the node's public key,
 *                 "certificate": PEM, "expires": ISO 8601}}             not on the founder
 * </pre>
 *
 * The part {@code admission} answers a joiner that asks again because its answer was lost.
 *
 * @param member the member
 * @param certificateSerial of its certificate
 * @param key fingerprint of its public key; empty in a record of an old release
 * @param joined when
 * @param admission how, or null
 */
record NodeRecord(
    Member member, String certificateSerial, String key, Instant joined, Admission admission) {
  static final String PREFIX = "cluster/nodes";
  private static final String TYPE = "node";

  /** What a repeated request must show. */
  record Admission(String tokenHash, String keyHash, String certificatePem, Instant expires) {}

  static String path(NodeId node) {
    return PREFIX + "/" + node;
  }

  Change.Put put() {
    ObjectNode object = MemberJson.write(member);
    object.put("certificateSerial", certificateSerial);
    if (!key.isEmpty()) {
      object.put("key", key);
    }
    object.put("joined", joined.toString());
    if (admission != null) {
      ObjectNode part = object.putObject("admission");
      part.put("token", admission.tokenHash());
      part.put("key", admission.keyHash());
      part.put("certificate", admission.certificatePem());
      part.put("expires", admission.expires().toString());
    }
    return new Change.Put(path(member.id()), TYPE, object.toString());
  }

  static NodeRecord of(Document document) {
    try {
      JsonNode object = MemberJson.parse(document.json());
      JsonNode part = object.path("admission");
      Admission admission =
          part.isMissingNode()
              ? null
              : new Admission(
                  MemberJson.text(part, "token"),
                  MemberJson.text(part, "key"),
                  MemberJson.text(part, "certificate"),
                  Instant.parse(MemberJson.text(part, "expires")));
      return new NodeRecord(
          MemberJson.member(object),
          MemberJson.text(object, "certificateSerial"),
          object.path("key").asText(""),
          Instant.parse(MemberJson.text(object, "joined")),
          admission);
    } catch (IllegalArgumentException | java.time.format.DateTimeParseException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the document '" + document.path() + "' is not a node",
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }
}
