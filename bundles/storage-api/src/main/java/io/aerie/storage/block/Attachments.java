package io.aerie.storage.block;

import io.aerie.base.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who has volumes open, through whichever node. */
public interface Attachments {
  /** All, the oldest first, as this node's replica of RCD knows them. */
  List<AttachmentView> attachments();

  /**
   * Ends one, as for a client that hangs and keeps its volume from being deleted: from then on
   * nothing of it takes effect. Its export tells it so and lets it open the volume anew. NOT_FOUND.
   *
   * @param id of the attachment
   */
  CompletableFuture<AttachmentView> detach(String id, boolean dryRun);

  /**
   * A client's path to a volume.
   *
   * @param id its generation, never used again
   * @param name who it is, as its node tells: {@code nbd 127.0.0.1:40212}
   * @param volume the volume's name
   * @param node through which it comes
   * @param initiator its iSCSI name, with the ISID of the session; empty when it is none
   * @param revision RCD index of the last change
   */
  record AttachmentView(
      String id,
      String name,
      String volume,
      NodeId node,
      Optional<String> initiator,
      long revision) {}
}
