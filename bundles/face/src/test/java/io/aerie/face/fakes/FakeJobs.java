package io.aerie.face.fakes;

import io.aerie.storage.admin.StorageViews.JobView;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;

/** One job, which is seen as it was foretold; the last look lasts. */
public final class FakeJobs {
  private final ArrayDeque<JobView> looks = new ArrayDeque<>(List.of(job("running", 1, 5)));

  List<JobView> look() {
    return looks.size() > 1 ? List.of(looks.remove()) : List.of(looks.element());
  }

  void seen(JobView... seen) {
    looks.clear();
    looks.addAll(List.of(seen));
  }

  /** The job as far as it is. */
  public static JobView job(String state, int groupsDone, long doneBytes) {
    return new JobView(
        "j1",
        "resynchronisation",
        state,
        "d1",
        groupsDone,
        4,
        doneBytes,
        OptionalLong.empty(),
        state.equals("running") ? OptionalLong.of(9) : OptionalLong.empty(),
        8);
  }
}
