package io.aerie.configdb.copies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.copies.CopyDisks.Copy;
import io.aerie.config.copies.CopyDisks.Disk;
import io.aerie.config.copies.CopyDisks.Label;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What nodes say to each other about copies, JSON in UTF-8. Fields that a newer release adds are
 * let through.
 *
 * <pre>
 *  {"what":"holds"}                                     {"holds":BOOLEAN}
 *  {"what":"list"}                                      {"disks":[{"disk":UUID,"path":P,"room":N,"serves":B,
 *                                                         "copies":[{"number":N,"lineage":UUID,"order":N,
 *                                                           "revision":N,"written":ISO 8601,"bytes":N}]}]}
 *  {"what":"read","disk":UUID,"number":N,"offset":N}    that part of the content, as bytes
 * </pre>
 */
final class CopyWire {
  static final String SUBJECT = "configdb.copies";
  static final JsonMapper JSON = new JsonMapper();

  private CopyWire() {}

  static JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] encode(List<DiskCopies> all) {
    ObjectNode answer = JSON.createObjectNode();
    for (DiskCopies disk : all) {
      ObjectNode node =
          answer
              .withArrayProperty("disks")
              .addObject()
              .put("disk", disk.disk().disk().toString())
              .put("path", disk.disk().path())
              .put("room", disk.disk().roomBytes())
              .put("serves", disk.disk().serves());
      for (Copy copy : disk.copies()) {
        node.withArrayProperty("copies")
            .addObject()
            .put("number", copy.number())
            .put("lineage", copy.label().lineage().toString())
            .put("order", copy.label().order())
            .put("revision", copy.label().revision())
            .put("written", copy.label().written().toString())
            .put("bytes", copy.bytes());
      }
    }
    return bytes(answer);
  }

  static List<DiskCopies> decode(byte[] bytes) {
    List<DiskCopies> all = new ArrayList<>();
    for (JsonNode node : parse(bytes).path("disks")) {
      List<Copy> copies = new ArrayList<>();
      for (JsonNode copy : node.path("copies")) {
        Label label =
            new Label(
                UUID.fromString(copy.path("lineage").asText()),
                copy.path("order").asLong(),
                copy.path("revision").asLong(),
                Instant.parse(copy.path("written").asText()));
        copies.add(new Copy(copy.path("number").asLong(), label, copy.path("bytes").asInt()));
      }
      Disk disk =
          new Disk(
              UUID.fromString(node.path("disk").asText()),
              node.path("path").asText(),
              node.path("room").asLong(),
              node.path("serves").asBoolean());
      all.add(new DiskCopies(disk, copies));
    }
    return all;
  }
}
