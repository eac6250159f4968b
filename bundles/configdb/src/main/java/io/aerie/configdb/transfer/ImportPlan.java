package io.aerie.configdb.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.schema.SecretDocuments;
import io.aerie.config.transfer.ConfigTransfer.Action;
import io.aerie.config.transfer.ConfigTransfer.Mode;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.Limits;
import io.aerie.configdb.transfer.ExportFile.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The difference between a file, or a copy on a disk, and the database. Each change has the
 * condition that its document still is as it was when the plan was made.
 *
 * <p>Changes are in an order in which they can be made in steps: deletions, so that there is room;
 * documents that shrink before those that grow; then users and what else is secret, and their
 * deletions last, so that at any time somebody can log in and go on.
 */
public final class ImportPlan {
  /** What frames a change and its condition in an encoded transaction, beyond texts: generous. */
  private static final int FRAME_BYTES = 32;

  /** Left free in each step: the transaction's own frame and the lineage's document. */
  private static final int STEP_BYTES_MAX = Limits.TRANSACTION_BYTES_MAX - 4 * 1024;

  private final List<Item> items = new ArrayList<>();
  private int unchanged;

  private ImportPlan() {}

  /**
   * One change.
   *
   * @param growth bytes that the database has more afterwards
   */
  private record Item(Planned planned, Condition condition, Change change, long growth) {
    int bytes() {
      int path = 2 * utf8Bytes(planned.path());
      return FRAME_BYTES
          + (change instanceof Change.Put put
              ? path + put.type().length() + utf8Bytes(put.json())
              : path);
    }

    int phase() {
      boolean delete = planned.action() == Action.DELETE;
      if (SecretDocuments.covers(planned.path())) {
        return delete ? 3 : 2;
      }
      return delete ? 0 : 1;
    }
  }

  static ImportPlan of(ExportFile file, Contents contents, Mode mode, SchemaRegistry schemas) {
    boolean encrypted = ExportFile.isEncrypted(file.header());
    for (Entry entry : file.documents()) {
      check(Portability.of(schemas, entry.type(), entry.path()), entry, encrypted);
    }
    Predicate<Document> goes =
        document -> {
          Portability portability = Portability.of(schemas, document.type(), document.path());
          return mode == Mode.REPLACE
              && (portability == Portability.OPEN
                  || (portability == Portability.ENCRYPTED && encrypted));
        };
    return of(file.documents(), contents, document -> false, goes);
  }

  /**
   * Any difference.
   *
   * @param stays documents that the entries don't change
   * @param goes documents that are deleted when the entries lack them
   */
  public static ImportPlan of(
      List<Entry> entries, Contents contents, Predicate<Document> stays, Predicate<Document> goes) {
    ImportPlan plan = new ImportPlan();
    Map<String, Document> existing = new HashMap<>();
    contents.documents().forEach(document -> existing.put(document.path(), document));
    Set<String> wanted = new HashSet<>();
    for (Entry entry : entries) {
      wanted.add(entry.path());
      Document before = existing.get(entry.path());
      if (before != null && stays.test(before)) {
        plan.unchanged++;
      } else {
        plan.put(entry, before);
      }
    }
    for (Document document : contents.documents()) {
      if (!wanted.contains(document.path()) && goes.test(document)) {
        plan.delete(document);
      }
    }
    plan.items.sort(
        Comparator.comparingInt(Item::phase)
            .thenComparingLong(Item::growth)
            .thenComparing(item -> item.planned().path()));
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
    if (before != null && before.type().equals(entry.type()) && same(before, entry)) {
      unchanged++;
      return;
    }
    Action action = before == null ? Action.CREATE : Action.REPLACE;
    long growth = utf8Bytes(entry.json()) - (before == null ? 0L : utf8Bytes(before.json()));
    items.add(
        new Item(
            new Planned(action, entry.path(), entry.type()),
            new Condition(entry.path(), before == null ? 0 : before.revision()),
            new Change.Put(entry.path(), entry.type(), entry.json()),
            growth));
  }

  private void delete(Document document) {
    items.add(
        new Item(
            new Planned(Action.DELETE, document.path(), document.type()),
            new Condition(document.path(), document.revision()),
            new Change.Delete(document.path()),
            -utf8Bytes(document.json())));
  }

  private static boolean same(Document before, Entry entry) {
    if (before.json().equals(entry.json())) {
      return true;
    }
    try {
      return ExportFile.JSON.readTree(before.json()).equals(ExportFile.JSON.readTree(entry.json()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document " + before.path() + " holds no JSON", e);
    }
  }

  private static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** What is done to which document, by path. */
  public List<Planned> planned() {
    return items.stream().map(Item::planned).sorted(Comparator.comparing(Planned::path)).toList();
  }

  /** In the order of steps. */
  List<Change> changes() {
    return items.stream().map(Item::change).toList();
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  public int unchanged() {
    return unchanged;
  }

  /** Transactions in order, each with room for a change of the lineage's document. */
  List<ConfigTransaction> steps() {
    List<ConfigTransaction> steps = new ArrayList<>();
    List<Condition> conditions = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    int bytes = 0;
    for (Item item : items) {
      if (!changes.isEmpty() && bytes + item.bytes() > STEP_BYTES_MAX) {
        steps.add(new ConfigTransaction(conditions, changes));
        conditions.clear();
        changes.clear();
        bytes = 0;
      }
      conditions.add(item.condition());
      changes.add(item.change());
      bytes += item.bytes();
    }
    if (!changes.isEmpty()) {
      steps.add(new ConfigTransaction(conditions, changes));
    }
    return steps;
  }
}
