package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.storage.block.Attachments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Clients of node n2. */
public final class FakeAttachments implements Attachments {
  private final List<AttachmentView> attachments = new ArrayList<>();

  /** A client opens a volume. */
  public void add(String id, String client, String volume, Optional<String> initiator) {
    attachments.add(new AttachmentView(id, client, volume, new NodeId("n2"), initiator, 1));
  }

  @Override
  public List<AttachmentView> attachments() {
    return List.copyOf(attachments);
  }

  @Override
  public CompletableFuture<AttachmentView> detach(String id, boolean dryRun) {
    return attachments.stream()
        .filter(attachment -> attachment.id().equals(id))
        .findFirst()
        .map(
            attachment -> {
              if (!dryRun) {
                attachments.remove(attachment);
              }
              return CompletableFuture.completedFuture(attachment);
            })
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new AerieException(ErrorCode.NOT_FOUND, "There is no such attachment")));
  }
}
