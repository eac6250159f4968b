package io.aerie.configdb.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.transfer.ConfigTransfer.Action;
import io.aerie.config.transfer.ConfigTransfer.Mode;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.transfer.ExportFile.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The difference between a file and the database. Each change has the condition that its document
 * still is as it was when the plan was made.
 */
final class ImportPlan {
  private final List<Planned> planned = new ArrayList<>();
  private final List<Condition> conditions = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private int unchanged;

  private ImportPlan() {}

  static ImportPlan of(ExportFile file, Contents contents, Mode mode, SchemaRegistry schemas) {
    ImportPlan plan = new ImportPlan();
    boolean encrypted = ExportFile.isEncrypted(file.header());
    Map<String, Document> existing = new HashMap<>();
    contents.documents().forEach(document -> existing.put(document.path(), document));
    Set<String> inFile = new HashSet<>();
    for (Entry entry : file.documents()) {
      check(Portability.of(schemas, entry.type(), entry.path()), entry, encrypted);
      inFile.add(entry.path());
      plan.put(entry, existing.get(entry.path()));
    }
    if (mode == Mode.REPLACE) {
      for (Document document : contents.documents()) {
        Portability portability = Portability.of(schemas, document.type(), document.path());
        boolean couldBeInFile =
            portability == Portability.OPEN || (portability == Portability.ENCRYPTED && encrypted);
        if (couldBeInFile && !inFile.contains(document.path())) {
          plan.delete(document);
        }
      }
    }
    plan.planned.sort(Comparator.comparing(Planned::path));
    return plan;
  }

  /** A file that was not made by an export could bring in users without their rules. */
  private static void check(Portability portability, Entry entry, boolean encrypted) {
    if (portability == Portability.NEVER || (portability == Portability.ENCRYPTED && !encrypted)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "the document '" + entry.path() + "' can't be in such a file",
          portability == Portability.NEVER
              ? "It belongs to one cluster only."
              : "It holds secrets, which come encrypted only.",
          "Use a file as an export made it.");
    }
  }

  private void put(Entry entry, Document before) {
    if (before != null
        && before.type().equals(entry.type())
        && parse(before).equals(entry.value())) {
      unchanged++;
      return;
    }
    Action action = before == null ? Action.CREATE : Action.REPLACE;
    planned.add(new Planned(action, entry.path(), entry.type()));
    conditions.add(new Condition(entry.path(), before == null ? 0 : before.revision()));
    changes.add(new Change.Put(entry.path(), entry.type(), entry.value().toString()));
  }

  private void delete(Document document) {
    planned.add(new Planned(Action.DELETE, document.path(), document.type()));
    conditions.add(new Condition(document.path(), document.revision()));
    changes.add(new Change.Delete(document.path()));
  }

  static JsonNode parse(Document document) {
    try {
      return ExportFile.JSON.readTree(document.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document " + document.path() + " holds no JSON", e);
    }
  }

  List<Planned> planned() {
    return planned;
  }

  int unchanged() {
    return unchanged;
  }

  ConfigTransaction transaction() {
    return new ConfigTransaction(conditions, changes);
  }
}
