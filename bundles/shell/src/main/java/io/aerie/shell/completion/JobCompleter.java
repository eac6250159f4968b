package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.JobView;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Ids of jobs that go on. */
@Service
public final class JobCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> storage.jobs().stream())
        .filter(job -> job.state().equals("running"))
        .map(JobView::id);
  }
}
