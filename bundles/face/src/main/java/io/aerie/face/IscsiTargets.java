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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
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
  private static final Pattern NAME = Pattern.compile("(iqn|eui|naa)\\.[a-z0-9.:-]{1,219}");
  private static final int SECRET_LENGTH_MIN = 12;

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
    if (Await.result(store().get(path)).isPresent()) {
      throw new AerieException(
          ErrorCode.ALREADY_EXISTS, "There is a target '" + name + "' already", "", "");
    }
    ObjectNode document = Views.mapper().createObjectNode().put("name", name);
    putLuns(document, luns == null ? List.of() : luns, MissingNode.getInstance());
    putInitiators(document, initiators == null ? List.of() : initiators);
    List<Change> changes = new ArrayList<>();
    document.put("chap", chap != null);
    if (chap != null) {
      changes.add(secret(name, chap));
    }
    changes.add(new Put(path, "iscsi-target", document.toString()));
    return commit(new Condition(path, 0), changes, document, chap, dryRun);
  }

  /** Changes what is given, and leaves what is null. */
  public ObjectNode change(
      String name,
      List<Lun> luns,
      List<String> initiators,
      Chap chap,
      OptionalLong expected,
      boolean dryRun) {
    ObjectNode shown = get(name);
    long revision = checkRevision(shown, expected);
    String path = path(TARGETS, name);
    ObjectNode document = Views.mapper().createObjectNode().put("name", name);
    document.set("luns", shown.get("luns"));
    document.set("initiators", shown.get("initiators"));
    if (luns != null) {
      putLuns(document, luns, shown.path("luns"));
    }
    if (initiators != null) {
      putInitiators(document, initiators);
    }
    document.put("chap", chap != null || shown.get("chap").isObject());
    List<Change> changes = new ArrayList<>();
    if (chap != null) {
      changes.add(secret(name, chap));
    }
    changes.add(new Put(path, "iscsi-target", document.toString()));
    ObjectNode changed = commit(new Condition(path, revision), changes, document, chap, dryRun);
    return chap == null ? changed.set("chap", shown.get("chap")) : changed;
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

  private ObjectNode commit(
      Condition condition, List<Change> changes, ObjectNode document, Chap chap, boolean dryRun) {
    ConfigTransaction transaction = new ConfigTransaction(List.of(condition), changes);
    long revision = Await.result(dryRun ? store().check(transaction) : store().commit(transaction));
    String name = document.path("name").asText();
    ObjectNode view = identified(name, dryRun ? condition.revision() : revision);
    view.set("luns", document.get("luns"));
    view.set("initiators", document.get("initiators"));
    putChap(view, chap == null ? null : chap.user(), chap == null ? "" : chap.mutualUser());
    return view.put("dryRun", dryRun);
  }

  private static ObjectNode identified(String name, long revision) {
    return Views.mapper()
        .createObjectNode()
        .put("id", name)
        .put("name", name)
        .put("revision", revision);
  }

  private static void putChap(ObjectNode view, String user, String mutualUser) {
    if (user == null) {
      view.putNull("chap");
    } else {
      view.putObject("chap")
          .put("user", user)
          .put("mutualUser", mutualUser == null || mutualUser.isEmpty() ? null : mutualUser);
    }
  }

  private static ObjectNode view(Document target, Document secret, ArrayNode portals) {
    JsonNode wanted = parse(target);
    ObjectNode view = identified(wanted.path("name").asText(), target.revision());
    view.set("luns", wanted.path("luns"));
    JsonNode initiators = wanted.path("initiators");
    view.set("initiators", initiators.isArray() ? initiators : Views.mapper().createArrayNode());
    view.set("portals", portals);
    boolean proves = secret != null || wanted.path("chap").asBoolean();
    JsonNode chap = secret == null ? Views.mapper().createObjectNode() : parse(secret);
    putChap(view, proves ? chap.path("user").asText() : null, chap.path("mutualUser").asText());
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

  private void putLuns(ObjectNode document, List<Lun> luns, JsonNode former) {
    ArrayNode array = document.putArray("luns");
    Set<Integer> numbers = new HashSet<>();
    for (Lun lun : luns) {
      if (lun.lun() == null || lun.volume() == null || !numbers.add(lun.lun())) {
        throw new AerieException(
            ErrorCode.INVALID_VALUE,
            "Each LUN has a number of its own and a volume",
            "",
            "Write for example {\"lun\":1,\"volume\":\"v1\"}.");
      }
      ObjectNode volume =
          StorageObjects.one(
              subsystems.require(StorageAdministration.class),
              "volume",
              lun.volume(),
              StorageAdministration::volumes);
      array.add(IscsiLuns.unit(lun, volume.path("name").asText(), former));
    }
    List<JsonNode> others =
        Await.result(store().list(TARGETS)).stream()
            .map(IscsiTargets::parse)
            .filter(other -> !other.path("name").equals(document.path("name")))
            .toList();
    IscsiLuns.checkOneLength(document, others);
  }

  private static void putInitiators(ObjectNode document, List<String> initiators) {
    initiators.forEach(document.putArray("initiators")::add);
  }

  private static Put secret(String name, Chap chap) {
    boolean mutual = chap.mutualUser() != null || chap.mutualSecret() != null;
    if (chap.user() == null
        || tooShort(chap.secret())
        || (mutual && (chap.mutualUser() == null || tooShort(chap.mutualSecret())))
        || (mutual && chap.secret().equals(chap.mutualSecret()))) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "CHAP needs a user and a secret of at least 12 characters",
          "The mutual part is left out or has both, too; its secret is another one.",
          "");
    }
    ObjectNode document =
        Views.mapper().createObjectNode().put("user", chap.user()).put("secret", chap.secret());
    if (mutual) {
      document.put("mutualUser", chap.mutualUser()).put("mutualSecret", chap.mutualSecret());
    }
    return new Put(path(SECRETS, name), "iscsi-secret", document.toString());
  }

  private static boolean tooShort(String secret) {
    return secret == null || secret.length() < SECRET_LENGTH_MIN;
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
