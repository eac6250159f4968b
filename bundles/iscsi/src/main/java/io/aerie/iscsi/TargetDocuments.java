package io.aerie.iscsi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore;
import io.aerie.config.Document;
import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.TargetDefinition.Chap;
import io.aerie.iscsi.target.Targets;
import io.aerie.iscsi.target.UnitDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's targets, documents of ConfigDB (docs/iscsi.md, "Documents"). A target whose
 * document can't be read is not served; one that asks for CHAP and has no secret lets nobody in.
 */
final class TargetDocuments implements AutoCloseable {
  static final String ROOT = "exports/iscsi";
  static final String SETTINGS = ROOT + "/settings";
  static final String TARGETS = ROOT + "/targets";
  static final String SECRETS = ROOT + "/secrets";

  private static final Logger LOG = LoggerFactory.getLogger(TargetDocuments.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConfigStore store;
  private final Targets targets;
  private final Subscription watch;
  private volatile Map<String, String> advertised = Map.of();

  /**
   * Sets the targets as they are, then at each change.
   *
   * @param executor reads them, one at a time: ConfigDB calls while it holds locks of its own
   */
  TargetDocuments(ConfigStore store, Targets targets, Executor executor) {
    this.store = store;
    this.targets = targets;
    long revision = store.localRevision();
    read();
    this.watch = store.watch(ROOT, revision, event -> executor.execute(this::read));
  }

  /** Addresses that discovery tells instead of a node's own, by node. */
  Map<String, String> advertised() {
    return advertised;
  }

  private synchronized void read() {
    Map<String, Chap> secrets = new HashMap<>();
    for (Document document : store.listLocal(SECRETS)) {
      try {
        secrets.put(lastSegment(document), chap(JSON.readTree(document.json())));
      } catch (JsonProcessingException e) {
        LOG.warn("{} is not JSON", document.path());
      }
    }
    List<TargetDefinition> definitions = new ArrayList<>();
    for (Document document : store.listLocal(TARGETS)) {
      try {
        definitions.add(target(JSON.readTree(document.json()), secrets.get(lastSegment(document))));
      } catch (JsonProcessingException | IllegalArgumentException e) {
        LOG.warn("The target {} is not served: {}", document.path(), e.getMessage());
      }
    }
    advertised = store.getLocal(SETTINGS).map(TargetDocuments::portals).orElse(Map.of());
    targets.set(definitions);
  }

  private static String lastSegment(Document document) {
    return document.path().substring(document.path().lastIndexOf('/') + 1);
  }

  private static Map<String, String> portals(Document settings) {
    Map<String, String> portals = new HashMap<>();
    try {
      JSON.readTree(settings.json())
          .path("portals")
          .properties()
          .forEach(one -> portals.put(one.getKey(), one.getValue().asText()));
    } catch (JsonProcessingException e) {
      LOG.warn("{} is not JSON", settings.path());
    }
    return portals;
  }

  private static Chap chap(JsonNode secret) {
    return new Chap(
        secret.path("user").asText(),
        secret.path("secret").asText(),
        secret.path("mutualUser").asText(),
        secret.path("mutualSecret").asText());
  }

  static TargetDefinition target(JsonNode node, Chap secret) {
    SortedMap<Integer, UnitDefinition> units = new TreeMap<>();
    node.path("luns").forEach(unit -> add(unit, units));
    node.path("lunsWithOptions").forEach(unit -> add(unit, units));
    List<String> initiators = new ArrayList<>();
    node.path("initiators").forEach(name -> initiators.add(name.asText()));
    String name = node.path("name").asText();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("it has no name");
    }
    boolean proves = node.path("chap").asBoolean() || secret != null;
    return new TargetDefinition(
        name, units, initiators, proves && secret == null ? Chap.NOBODY : secret);
  }

  private static void add(JsonNode unit, SortedMap<Integer, UnitDefinition> units) {
    UnitDefinition definition =
        new UnitDefinition(
            unit.path("volume").asText(),
            unit.path("readOnly").asBoolean(),
            unit.path("blockSizeBytes").asInt(UnitDefinition.DEFAULT_BLOCK_BYTES));
    if (units.put(unit.path("lun").asInt(), definition) != null) {
      throw new IllegalArgumentException("it has two LUNs of number " + unit.path("lun"));
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
