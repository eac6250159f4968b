package io.aerie.face;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Change.Delete;
import io.aerie.config.ConfigTransaction.Change.Put;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.storage.admin.StorageAdministration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The iSCSI targets that are wanted: documents of ConfigDB (docs/iscsi.md), the secrets in
 * documents of their own. What is shown names users and never secrets.
 */
public final class IscsiTargets {
  private static final String TARGETS = "exports/iscsi/targets";
  private static final String SECRETS = "exports/iscsi/secrets";
  private static final String SETTINGS = "exports/iscsi/settings";

  /** Written with every change of LUNs, so that no two are made side by side. */
  private static final String LUN_CHANGES = "exports/iscsi/lun-changes";

  /** Changes at the same moment; more in a row is no coincidence. */
  private static final int ATTEMPTS_MAX = 10;

  private static final Pattern NAME = Pattern.compile("(iqn|eui|naa)\\.[a-z0-9.:-]{1,219}");

  private final Subsystems subsystems;

  public IscsiTargets(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  /**
   * A logical unit.
   *
   * @param lun its number, 0 to 16383
   * @param volume by its name
   * @param readOnly whether initiators of the target may only read it; null: as it was, else no
   * @param blockSizeBytes length of a logical block, 512 or 4096; null: as it was, else 512
   */
  public record Lun(Integer lun, String volume, Boolean readOnly, Integer blockSizeBytes) {
    /** To read and write, in blocks of 512 bytes. */
    public static Lun of(int lun, String volume) {
      return new Lun(lun, volume, null, null);
    }
  }

  /**
   * What initiators prove, and the target to them; the mutual part may be left out.
   *
   * @param secret 12 characters at least
   */
  public record Chap(String user, String secret, String mutualUser, String mutualSecret) {
    /** Nobody proves anything. */
    public static final Chap NONE = new Chap(null, null, null, null);

    /** Never prints the secrets. */
    @Override
    public String toString() {
      return "CHAP of " + user;
    }
  }

  /** All, by name. */
  public List<ObjectNode> list() {
    Map<String, Document> secrets =
        Await.result(store().list(SECRETS)).stream()
            .collect(Collectors.toMap(IscsiTargets::lastSegment, Function.identity()));
    ArrayNode portals = portals();
    return Await.result(store().list(TARGETS)).stream()
        .map(target -> view(target, secrets.get(lastSegment(target)), portals))
        .toList();
  }

  /** Where initiators reach every target, as discovery tells it: one address a node, by node. */
  private ArrayNode portals() {
    JsonNode told =
        store()
            .getLocal(SETTINGS)
            .map(settings -> parse(settings).path("portals"))
            .orElse(MissingNode.getInstance());
    ArrayNode portals = Views.mapper().createArrayNode();
    subsystems.find(Membership.class).map(Membership::members).orElse(List.of()).stream()
        .map(MemberView::member)
        .filter(member -> member.endpoints().containsKey(Service.ISCSI))
        .sorted(Comparator.comparing(Member::id))
        .forEach(
            member -> {
              String own = member.endpoint(Service.ISCSI).toString();
              String node = member.id().value();
              portals.addObject().put("node", node).put("address", told.path(node).asText(own));
            });
    return portals;
  }

  /** Names that this node knows now, without waiting for others. */
  public static Stream<String> namesNow(Subsystems subsystems) {
    return subsystems.find(ConfigStore.class).stream()
        .flatMap(store -> store.listLocal(TARGETS).stream())
        .map(document -> lastSegment(document).replace('_', ':'));
  }

  /** One by its name; NOT_FOUND. */
  public ObjectNode get(String name) {
    return list().stream()
        .filter(target -> Views.isNamed(target, name))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.NOT_FOUND,
                    "There is no target '" + name + "'",
                    "",
                    "List the targets to see what there is."));
  }

  /** Makes one; ALREADY_EXISTS. */
  public ObjectNode create(
      String name, List<Lun> luns, List<String> initiators, Chap chap, boolean dryRun) {
    String path = path(TARGETS, checkName(name));
    return untilAlone(
        () -> {
          if (Await.result(store().get(path)).isPresent()) {
            throw new AerieException(
                ErrorCode.ALREADY_EXISTS, "There is a target '" + name + "' already", "", "");
          }
          Draft draft = new Draft(name, path, 0);
          putLuns(draft, luns == null ? List.of() : luns, MissingNode.getInstance());
          putInitiators(draft.document(), initiators == null ? List.of() : initiators);
          return commit(draft, chap, chap != null, dryRun);
        });
  }

  /** Changes what is given, and leaves what is null; {@link Chap#NONE} takes the secrets away. */
  public ObjectNode change(
      String name,
      List<Lun> luns,
      List<String> initiators,
      Chap chap,
      OptionalLong expected,
      boolean dryRun) {
    return untilAlone(
        () -> {
          ObjectNode shown = get(name);
          Draft draft = new Draft(name, path(TARGETS, name), checkRevision(shown, expected));
          if (luns == null) {
            IscsiLuns.put(draft.document(), shown.path("luns"));
          } else {
            putLuns(draft, luns, shown.path("luns"));
          }
          draft.document().set("initiators", shown.get("initiators"));
          if (initiators != null) {
            putInitiators(draft.document(), initiators);
          }
          boolean proves = chap == null ? shown.get("chap").isObject() : !chap.equals(Chap.NONE);
          ObjectNode changed = commit(draft, chap, proves, dryRun);
          return chap == null ? changed.set("chap", shown.get("chap")) : changed;
        });
  }

  /** What is to be written, and the conditions under which it was judged right. */
  private record Draft(
      ObjectNode document, String path, List<Condition> conditions, List<Change> changes) {
    Draft(String name, String path, long revision) {
      this(
          Views.mapper().createObjectNode().put("name", name),
          path,
          new ArrayList<>(List.of(new Condition(path, revision))),
          new ArrayList<>());
    }
  }

  /** Tries again, from reading on, when somebody else changed something at the same moment. */
  private static ObjectNode untilAlone(Supplier<ObjectNode> attempt) {
    for (int tried = 1; ; tried++) {
      try {
        return attempt.get();
      } catch (OvertakenException e) {
        if (tried == ATTEMPTS_MAX) {
          throw new AerieException(
              ErrorCode.PRECONDITION_FAILED,
              "Others change targets all the time",
              "This change was tried " + tried + " times; nothing was changed.",
              "Try again.");
        }
      }
    }
  }

  /** Something that was looked at has changed before the transaction. */
  private static final class OvertakenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OvertakenException(AerieException cause) {
      super(cause);
    }
  }

  /** Removes one, its secrets with it. */
  public ObjectNode delete(String name, OptionalLong expected, boolean dryRun) {
    ObjectNode shown = get(name);
    long revision = checkRevision(shown, expected);
    String path = path(TARGETS, name);
    ConfigTransaction transaction =
        new ConfigTransaction(
            List.of(new Condition(path, revision)),
            List.of(new Delete(path), new Delete(path(SECRETS, name))));
    Await.result(dryRun ? store().check(transaction) : store().commit(transaction));
    return shown.put("dryRun", dryRun);
  }

  private static long checkRevision(ObjectNode shown, OptionalLong expected) {
    long revision = shown.path("revision").asLong();
    if (expected.isPresent() && expected.getAsLong() != revision) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The target has another revision than expected",
          "It has revision " + revision + ", not " + expected.getAsLong() + ".",
          "Read it again, then decide.");
    }
    return revision;
  }

  private ObjectNode commit(Draft draft, Chap chap, boolean proves, boolean dryRun) {
    String name = draft.document().path("name").asText();
    draft.document().put("chap", proves);
    if (chap != null) {
      String path = path(SECRETS, name);
      draft
          .changes()
          .add(proves ? new Put(path, "iscsi-secret", IscsiChap.document(chap)) : new Delete(path));
    }
    draft.changes().add(new Put(draft.path(), "iscsi-target", draft.document().toString()));
    ConfigTransaction transaction = new ConfigTransaction(draft.conditions(), draft.changes());
    long revision = carryOut(transaction, dryRun);
    ObjectNode view = identified(name, dryRun ? draft.conditions().get(0).revision() : revision);
    view.set("luns", IscsiLuns.of(draft.document()));
    view.set("initiators", draft.document().get("initiators"));
    IscsiChap.show(view, chap == null ? null : chap.user(), chap == null ? "" : chap.mutualUser());
    return view.put("dryRun", dryRun);
  }

  private long carryOut(ConfigTransaction transaction, boolean dryRun) {
    try {
      return Await.result(dryRun ? store().check(transaction) : store().commit(transaction));
    } catch (AerieException e) {
      if (e.code() == ErrorCode.PRECONDITION_FAILED) {
        throw new OvertakenException(e);
      }
      throw e;
    }
  }

  private static ObjectNode identified(String name, long revision) {
    return Views.mapper()
        .createObjectNode()
        .put("id", name)
        .put("name", name)
        .put("revision", revision);
  }

  private static ObjectNode view(Document target, Document secret, ArrayNode portals) {
    JsonNode wanted = parse(target);
    ObjectNode view = identified(wanted.path("name").asText(), target.revision());
    view.set("luns", IscsiLuns.of(wanted));
    JsonNode initiators = wanted.path("initiators");
    view.set("initiators", initiators.isArray() ? initiators : Views.mapper().createArrayNode());
    view.set("portals", portals);
    boolean proves = secret != null || wanted.path("chap").asBoolean();
    JsonNode chap = secret == null ? Views.mapper().createObjectNode() : parse(secret);
    IscsiChap.show(
        view, proves ? chap.path("user").asText() : null, chap.path("mutualUser").asText());
    return view;
  }

  private static JsonNode parse(Document document) {
    try {
      return Views.mapper().readTree(document.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document " + document.path() + " holds no JSON", e);
    }
  }

  private static String checkName(String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new AerieException(
          ErrorCode.INVALID_NAME,
          "'" + name + "' is not a name for a target",
          "It begins with iqn., eui. or naa., then come small letters, digits, dots, colons, hyphens.",
          "Write for example iqn.2026-01.org.example:disks.");
    }
    return name;
  }

  /**
   * Two commands at once, each right by itself, could serve a volume in blocks of two lengths:
   * whoever gives LUNs writes one document that all do, as it was before he looked.
   */
  private void putLuns(Draft draft, List<Lun> luns, JsonNode former) {
    long revision = Await.result(store().get(LUN_CHANGES)).map(Document::revision).orElse(0L);
    ObjectNode document = draft.document();
    IscsiLuns.put(document, luns, this::volumeName, former);
    List<JsonNode> others =
        Await.result(store().list(TARGETS)).stream()
            .map(IscsiTargets::parse)
            .filter(other -> !other.path("name").equals(document.path("name")))
            .toList();
    IscsiLuns.checkOneLength(document, others);
    draft.conditions().add(new Condition(LUN_CHANGES, revision));
    String last = Views.mapper().createObjectNode().set("target", document.get("name")).toString();
    draft.changes().add(new Put(LUN_CHANGES, "iscsi-lun-changes", last));
  }

  private String volumeName(String given) {
    return StorageObjects.one(
            subsystems.require(StorageAdministration.class),
            "volume",
            given,
            StorageAdministration::volumes)
        .path("name")
        .asText();
  }

  private static void putInitiators(ObjectNode document, List<String> initiators) {
    initiators.forEach(document.putArray("initiators")::add);
  }

  /** Names of targets have colons and no underscores, segments of paths the other way round. */
  private static String path(String root, String name) {
    return root + "/" + name.replace(':', '_');
  }

  private static String lastSegment(Document document) {
    return document.path().substring(document.path().lastIndexOf('/') + 1);
  }

  private ConfigStore store() {
    return subsystems.require(ConfigStore.class);
  }
}
