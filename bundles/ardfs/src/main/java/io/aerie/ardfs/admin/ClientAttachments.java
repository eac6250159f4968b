package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.storage.block.Attachments;
import io.aerie.storage.reservation.Nexus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Attachments as RCD has them: shows them, and ends one. */
public final class ClientAttachments implements Attachments {
  private final RcdReplica replica;
  private final RcdClient rcd;

  public ClientAttachments(RcdReplica replica, RcdClient rcd) {
    this.replica = replica;
    this.rcd = rcd;
  }

  @Override
  public List<AttachmentView> attachments() {
    return replica.read(
        state -> state.attachments().values().stream().map(record -> view(state, record)).toList());
  }

  /** Its volume exists: one that is open is not deleted. */
  private static AttachmentView view(RcdState state, AttachmentRecord record) {
    return new AttachmentView(
        Long.toString(record.generation()),
        record.client(),
        state.volumes().get(record.volume()).name(),
        record.node(),
        record.nexus().map(Nexus::initiator),
        record.revision());
  }

  @Override
  public CompletableFuture<AttachmentView> detach(String id, boolean dryRun) {
    Optional<AttachmentView> here = find(id);
    CompletableFuture<Optional<AttachmentView>> seen =
        here.isPresent()
            ? CompletableFuture.completedFuture(here)
            : rcd.catchUp(replica).thenApply(done -> find(id));
    return seen.thenCompose(
        found -> {
          AttachmentView attachment = found.orElseThrow(() -> none(id));
          return dryRun
              ? CompletableFuture.completedFuture(attachment)
              : rcd.submit(new RcdCommand.Detach(Long.parseLong(attachment.id())))
                  .thenCompose(answer -> rcd.catchUp(replica))
                  .thenApply(done -> attachment);
        });
  }

  private Optional<AttachmentView> find(String id) {
    return attachments().stream().filter(attachment -> attachment.id().equals(id)).findFirst();
  }

  private static AerieException none(String id) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "There is no attachment '" + id + "'",
        "The client may have closed the volume meanwhile.",
        "The list of attachments shows what there is.");
  }
}
