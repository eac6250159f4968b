package io.aerie.face;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.IscsiTargets.Lun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Logical units as the documents of targets have them (docs/iscsi.md): {@code luns} and, where
 * something is not as usual, {@code lunsWithOptions}. Nodes of versions without options don't know
 * the second, and don't serve what they would serve wrongly.
 */
final class IscsiLuns {
  private static final String USUAL = "luns";
  private static final String WITH_OPTIONS = "lunsWithOptions";
  private static final int DEFAULT_BLOCK_BYTES = 512;
  private static final int LARGE_BLOCK_BYTES = 4096;

  private IscsiLuns() {}

  /** All units of a target's document, by their numbers. */
  static ArrayNode of(JsonNode target) {
    List<JsonNode> units = new ArrayList<>();
    target.path(USUAL).forEach(units::add);
    target.path(WITH_OPTIONS).forEach(units::add);
    units.sort(Comparator.comparingInt(unit -> unit.path("lun").asInt()));
    return Views.mapper().createArrayNode().addAll(units);
  }

  /**
   * Writes units into a target's document.
   *
   * @param volumeName a volume's name as it is spelled; NOT_FOUND
   * @param former the target's units before; what stays keeps what isn't given
   */
  static void put(
      ObjectNode document, List<Lun> luns, UnaryOperator<String> volumeName, JsonNode former) {
    ArrayNode usual = document.putArray(USUAL);
    ArrayNode withOptions = Views.mapper().createArrayNode();
    Set<Integer> numbers = new HashSet<>();
    Map<String, Boolean> readOnly = new HashMap<>();
    for (Lun lun : luns) {
      if (lun.lun() == null || lun.volume() == null || !numbers.add(lun.lun())) {
        throw new AerieException(
            ErrorCode.INVALID_VALUE,
            "Each LUN has a number of its own and a volume",
            "",
            "Write for example {\"lun\":1,\"volume\":\"v1\"}.");
      }
      ObjectNode unit = unit(lun, volumeName.apply(lun.volume()), former);
      (isUsual(unit) ? usual : withOptions).add(unit);
      checkOneWay(unit, readOnly);
    }
    if (!withOptions.isEmpty()) {
      document.set(WITH_OPTIONS, withOptions);
    }
  }

  /** Writes units as another document has them. */
  static void put(ObjectNode document, JsonNode units) {
    ArrayNode usual = document.putArray(USUAL);
    for (JsonNode unit : units) {
      (isUsual(unit) ? usual : document.withArray(WITH_OPTIONS)).add(unit);
    }
  }

  private static boolean isUsual(JsonNode unit) {
    return !unit.has("readOnly") && !unit.has("blockSizeBytes");
  }

  /** A unit's part of the document; what is as usual is left out. */
  private static ObjectNode unit(Lun lun, String volume, JsonNode former) {
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

  /** Hosts take all LUNs of a volume for ways to one disk, and would write by each. */
  private static void checkOneWay(JsonNode unit, Map<String, Boolean> readOnlyByVolume) {
    boolean readOnly = unit.path("readOnly").asBoolean();
    String volume = unit.path("volume").asText();
    Boolean other = readOnlyByVolume.putIfAbsent(volume, readOnly);
    if (other != null && other != readOnly) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "Volume '" + volume + "' is read-only in one LUN of the target and not in another",
          "Hosts take both for ways to the same disk, and would write by either.",
          "Make both alike, or use two targets for different hosts.");
    }
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
    for (JsonNode unit : of(target)) {
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

  /** How the volume was served: by the same number, else by another one. */
  private static JsonNode before(int number, String volume, JsonNode former) {
    JsonNode found = MissingNode.getInstance();
    for (JsonNode unit : former) {
      if (unit.path("volume").asText().equals(volume)) {
        if (unit.path("lun").asInt() == number) {
          return unit;
        }
        found = unit;
      }
    }
    return found;
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
          "LUN " + lun.lun() + "'s volume keeps its blocks of " + present + " bytes",
          "Hosts that use it would go on counting in them, and overwrite what is elsewhere.",
          "Remove the LUN, let the hosts forget it, then add it again.");
    }
    return wanted;
  }
}
