package io.aerie.face;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.IscsiTargets.Lun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Logical units as the documents of targets have them (docs/iscsi.md). */
final class IscsiLuns {
  private static final int DEFAULT_BLOCK_BYTES = 512;
  private static final int LARGE_BLOCK_BYTES = 4096;

  private IscsiLuns() {}

  /**
   * A unit's part of the document. What is as usual is left out, so that nodes that know no other
   * way understand it.
   *
   * @param volume its name as it is spelled
   * @param former the target's units before; a unit that stays keeps what isn't given
   */
  static ObjectNode unit(Lun lun, String volume, JsonNode former) {
    JsonNode before = before(lun.lun(), volume, former);
    int blockBytes = checkBlocks(lun, before);
    boolean readOnly =
        lun.readOnly() == null ? before.path("readOnly").asBoolean() : lun.readOnly();
    ObjectNode unit = Views.mapper().createObjectNode().put("lun", lun.lun()).put("volume", volume);
    if (readOnly) {
      unit.put("readOnly", true);
    }
    if (blockBytes != DEFAULT_BLOCK_BYTES) {
      unit.put("blockSizeBytes", blockBytes);
    }
    return unit;
  }

  /**
   * A volume has blocks of one length wherever it is served: hosts know it again by its identifier,
   * and take what they find there for ways to one disk.
   *
   * @param target that is wanted
   * @param others all other targets
   */
  static void checkOneLength(JsonNode target, List<JsonNode> others) {
    Map<String, Integer> lengths = new HashMap<>();
    others.forEach(other -> checkOneLength(other, lengths));
    checkOneLength(target, lengths);
  }

  private static void checkOneLength(JsonNode target, Map<String, Integer> lengths) {
    for (JsonNode unit : target.path("luns")) {
      String volume = unit.path("volume").asText();
      int blockBytes = blockBytes(unit);
      int known = lengths.getOrDefault(volume, blockBytes);
      if (known != blockBytes) {
        throw new AerieException(
            ErrorCode.IN_USE,
            "Volume '" + volume + "' is served in blocks of " + known + " bytes",
            "Hosts would take LUNs of other blocks for ways to the same disk, and overwrite it.",
            "Remove the LUNs that have it, or make them all alike.");
      }
      lengths.put(volume, blockBytes);
    }
  }

  private static int blockBytes(JsonNode unit) {
    return unit.path("blockSizeBytes").asInt(DEFAULT_BLOCK_BYTES);
  }

  private static JsonNode before(int number, String volume, JsonNode former) {
    for (JsonNode unit : former) {
      if (unit.path("lun").asInt() == number && unit.path("volume").asText().equals(volume)) {
        return unit;
      }
    }
    return MissingNode.getInstance();
  }

  /** Hosts that use a unit would go on in blocks of the former length, and write elsewhere. */
  private static int checkBlocks(Lun lun, JsonNode before) {
    int present = blockBytes(before);
    int wanted = lun.blockSizeBytes() == null ? present : lun.blockSizeBytes();
    if (wanted != DEFAULT_BLOCK_BYTES && wanted != LARGE_BLOCK_BYTES) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "LUN " + lun.lun() + " can't have blocks of " + wanted + " bytes",
          "A block has 512 or 4096.",
          "");
    }
    if (!before.isMissingNode() && wanted != present) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "LUN " + lun.lun() + " keeps its blocks of " + present + " bytes",
          "Hosts that use it would go on counting in them, and overwrite what is elsewhere.",
          "Remove the LUN, let the hosts forget it, then add it again.");
    }
    return wanted;
  }
}
