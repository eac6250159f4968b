package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.face.Await;
import io.aerie.face.RawDocuments;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Several documents of ConfigDB, changed together or not at all. */
@Path("/api/v1/config:transaction")
@Requires(Permission.CONFIG_CHANGE)
public final class ConfigTransactionResource {
  /** Of conditions and of changes: far more than belong together, and quickly judged. */
  private static final int ENTRIES_MAX = 1_000;

  private final Subsystems subsystems;

  /** Uses what is there. */
  public ConfigTransactionResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Changes documents together if all are as is expected, or none")
  public Response commit(TransactionRequest wanted, @QueryParam("dryRun") String dryRun) {
    List<Condition> conditions =
        wanted.conditions() == null
            ? List.of()
            : wanted.conditions().stream().map(ConditionRequest::asked).toList();
    List<ChangeRequest> changes = Requests.required("changes", wanted.changes());
    if (changes.isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "The transaction changes nothing", "", "Send a change.");
    }
    checkSize("conditions", conditions.size());
    checkSize("changes", changes.size());
    changes.forEach(ConfigTransactionResource::check);
    boolean dry = Requests.dryRun(dryRun);
    ConfigStore store = store();
    // one wait for all that others are asked
    long revision =
        Await.result(
            replaced(store, changes)
                .thenApply(before -> transaction(conditions, changes, before))
                .thenCompose(whole -> dry ? store.check(whole) : store.commit(whole)));
    return dry
        ? Replies.dryRun(
            answer(revision), changes.size() + " documents would be written or removed together.")
        : Replies.json(answer(revision));
  }

  private static void checkSize(String field, int size) {
    if (size > ENTRIES_MAX) {
      throw new AerieException(
          ErrorCode.TOO_LARGE,
          "The transaction has " + size + " " + field,
          "At most " + ENTRIES_MAX + " are allowed.",
          "Send what need not be changed together one after the other.");
    }
  }

  private static void check(ChangeRequest wanted) {
    String path = Requests.required("path", wanted.path());
    RawDocuments.checkChange(path);
    boolean removes = Boolean.TRUE.equals(wanted.remove());
    if (removes == (wanted.value() != null) || (removes && wanted.type() != null)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The change of '" + path + "' is not clear",
          "It writes a 'value', perhaps of a 'type', or has \"remove\":true.",
          "");
    }
  }

  /**
   * The documents that keep their kind, by path. They are read at once: reads that wait at the same
   * time share the question to the others.
   */
  private static CompletableFuture<Map<String, Optional<Document>>> replaced(
      ConfigStore store, List<ChangeRequest> changes) {
    Map<String, CompletableFuture<Optional<Document>>> reads = new HashMap<>();
    changes.stream()
        .filter(change -> change.value() != null && change.type() == null)
        .forEach(change -> reads.computeIfAbsent(change.path(), store::get));
    return CompletableFuture.allOf(reads.values().toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                reads.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, read -> read.getValue().join())));
  }

  private static ConfigTransaction transaction(
      List<Condition> conditions,
      List<ChangeRequest> wanted,
      Map<String, Optional<Document>> replaced) {
    List<Change> changes =
        wanted.stream()
            .<Change>map(
                change ->
                    change.value() == null
                        ? new Change.Delete(change.path())
                        : ConfigResource.change(
                            change.path(),
                            change.value(),
                            change.type(),
                            replaced.getOrDefault(change.path(), Optional.empty())))
            .toList();
    return new ConfigTransaction(conditions, changes);
  }

  private static ObjectNode answer(long revision) {
    return Views.mapper().createObjectNode().put("revision", revision);
  }

  private ConfigStore store() {
    return subsystems.require(ConfigStore.class);
  }

  /**
   * A transaction.
   *
   * @param conditions all must hold; may be left out
   * @param changes in their order, under one new revision
   */
  public record TransactionRequest(
      List<ConditionRequest> conditions, List<ChangeRequest> changes) {}

  /**
   * What must be so.
   *
   * @param revision that the document has; 0: there is none
   */
  public record ConditionRequest(String path, Long revision) {
    Condition asked() {
      return new Condition(
          Requests.required("path", path), Requests.required("revision", revision));
    }
  }

  /**
   * One change.
   *
   * @param value the document
   * @param type its kind; that which it has unless told
   * @param remove instead of a value
   */
  public record ChangeRequest(String path, ObjectNode value, String type, Boolean remove) {
    /** For the audit log, which keeps no values. */
    @Override
    public String toString() {
      return (Boolean.TRUE.equals(remove) ? "remove " : "write ") + path;
    }
  }
}
