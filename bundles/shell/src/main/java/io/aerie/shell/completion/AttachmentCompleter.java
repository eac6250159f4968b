package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.block.Attachments;
import io.aerie.storage.block.Attachments.AttachmentView;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Ids of attachments. */
@Service
public final class AttachmentCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(Attachments.class).stream()
        .flatMap(attachments -> attachments.attachments().stream())
        .map(AttachmentView::id);
  }
}
