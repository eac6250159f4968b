package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.RcdState;
import io.aerie.storage.block.Attachments.AttachmentView;
import io.aerie.storage.reservation.Nexus;
import java.util.List;

/** Attachments as lists show them. */
public final class AttachmentList {
  private AttachmentList() {}

  /** By generation. */
  public static List<AttachmentView> of(RcdState state) {
    return state.attachments().values().stream().map(record -> view(state, record)).toList();
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
}
