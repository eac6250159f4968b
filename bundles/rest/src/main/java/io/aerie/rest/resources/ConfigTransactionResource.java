package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
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
import java.util.List;

/** Several documents of ConfigDB, changed together or not at all. */
@Path("/api/v1/config:transaction")
@Requires(Permission.CONFIG_CHANGE)
public final class ConfigTransactionResource {
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
    List<Change> changes =
        Requests.required("changes", wanted.changes()).stream().map(this::change).toList();
    if (changes.isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "The transaction changes nothing", "", "Send a change.");
    }
    ConfigTransaction transaction = new ConfigTransaction(conditions, changes);
    if (Requests.dryRun(dryRun)) {
      long judged = Await.result(store().check(transaction));
      return Replies.dryRun(
          answer(judged), changes.size() + " documents would be written or removed together.");
    }
    return Replies.json(answer(Await.result(store().commit(transaction))));
  }

  private Change change(ChangeRequest wanted) {
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
    if (removes) {
      return new Change.Delete(path);
    }
    return ConfigResource.change(
        path, wanted.value(), wanted.type(), Await.result(store().get(path)));
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
