package io.aerie.face;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.IscsiTargets.Chap;
import io.aerie.face.IscsiTargets.Lun;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is to be different at a target; all else stays.
 *
 * @param addedLuns whose numbers are free
 * @param removedLuns numbers of LUNs
 * @param addedInitiators who may use it, too
 * @param removedInitiators who may no longer
 * @param anyInitiator whether all may from now on: the list becomes empty
 * @param chap what initiators prove from now on; {@link Chap#NONE}: nothing; null: as before
 */
public record IscsiTargetEdit(
    List<Lun> addedLuns,
    List<Integer> removedLuns,
    List<String> addedInitiators,
    List<String> removedInitiators,
    boolean anyInitiator,
    Chap chap) {

  /**
   * Changes the target as it is now. NOT_FOUND (the target, or what is to be removed from it),
   * ALREADY_EXISTS (a LUN of that number), INVALID_VALUE (nothing is to change, or contradictory),
   * PRECONDITION_FAILED (another revision than expected, or than was read; the last initiator of a
   * list is to be removed, which would let all in).
   *
   * @param expected revision of the target
   */
  public ObjectNode apply(
      IscsiTargets targets, String name, OptionalLong expected, boolean dryRun) {
    boolean ofLuns = !addedLuns.isEmpty() || !removedLuns.isEmpty();
    boolean ofInitiators =
        anyInitiator || !addedInitiators.isEmpty() || !removedInitiators.isEmpty();
    if (!ofLuns && !ofInitiators && chap == null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "Nothing is to change", "", "Say what is added or removed.");
    }
    ObjectNode shown = targets.get(name);
    return targets.change(
        name,
        ofLuns ? luns(shown.path("luns")) : null,
        ofInitiators ? initiators(shown.path("initiators")) : null,
        chap,
        expected.isPresent() ? expected : OptionalLong.of(shown.path("revision").asLong()),
        dryRun);
  }

  /** Those that stay keep their options: what isn't given is as it was. */
  private List<Lun> luns(JsonNode former) {
    List<Lun> luns = new ArrayList<>();
    for (JsonNode lun : former) {
      luns.add(Lun.of(lun.path("lun").asInt(), lun.path("volume").asText()));
    }
    for (Integer number : removedLuns) {
      if (!luns.removeIf(lun -> lun.lun().equals(number))) {
        throw new AerieException(
            ErrorCode.NOT_FOUND, "The target has no LUN " + number, "", "target:list shows them.");
      }
    }
    for (Lun added : addedLuns) {
      if (luns.stream().anyMatch(lun -> lun.lun().equals(added.lun()))) {
        throw new AerieException(
            ErrorCode.ALREADY_EXISTS,
            "The target has a LUN " + added.lun() + " already",
            "",
            "Take another number, or remove it in the same command.");
      }
      luns.add(added);
    }
    return luns;
  }

  private List<String> initiators(JsonNode former) {
    if (anyInitiator) {
      if (!addedInitiators.isEmpty() || !removedInitiators.isEmpty()) {
        throw new AerieException(
            ErrorCode.INVALID_VALUE, "All initiators, or those of a list, but not both", "", "");
      }
      return List.of();
    }
    List<String> initiators = new ArrayList<>();
    former.forEach(initiator -> initiators.add(initiator.asText()));
    for (String removed : removedInitiators) {
      if (!initiators.remove(removed)) {
        throw new AerieException(
            ErrorCode.NOT_FOUND,
            "The target's list has no initiator '" + removed + "'",
            "",
            "target:list shows it.");
      }
    }
    addedInitiators.stream().filter(added -> !initiators.contains(added)).forEach(initiators::add);
    if (initiators.isEmpty()) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The last initiator of the list can't be removed",
          "A target without a list is open to all initiators.",
          "Add another one in the same command, delete the target, or say that all may use it.");
    }
    return initiators;
  }
}
