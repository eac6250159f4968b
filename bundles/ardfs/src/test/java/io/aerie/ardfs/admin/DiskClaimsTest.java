package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskClaimsTest {
  @TempDir private Path folder;
  private final Map<String, ErrorCode> refused = new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  @Test
  void addsEachOnceAndRemembersIt() {
    assertThat(claims("/dev/a, /dev/b").tryOpen().join()).isTrue();
    assertThat(asked).containsExactly("/dev/a to default", "/dev/b to default");

    asked.clear();
    assertThat(claims("/dev/a,/dev/b,/dev/c").tryOpen().join()).isTrue();
    assertThat(asked).containsExactly("/dev/c to default");
  }

  @Test
  void triesAgainWhatIsUnavailable() {
    refused.put("/dev/a", ErrorCode.UNAVAILABLE);
    DiskClaims claims = claims("/dev/a,/dev/b");
    assertThat(claims.tryOpen().join()).isFalse();

    refused.clear();
    assertThat(claims.tryOpen().join()).isTrue();
    assertThat(asked)
        .containsExactly("/dev/a to default", "/dev/b to default", "/dev/a to default");
  }

  @Test
  void leavesWhatIsNotEmptyAlone() {
    refused.put("/dev/a", ErrorCode.DISK_NOT_EMPTY);
    refused.put("/dev/b", ErrorCode.ALREADY_EXISTS);
    assertThat(claims("/dev/a,/dev/b").tryOpen().join()).isTrue();

    asked.clear();
    refused.clear();
    assertThat(claims("/dev/a,/dev/b").tryOpen().join()).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void nothingToClaimIsNothingToDo() {
    assertThat(claims("").tryOpen().join()).isTrue();
    assertThat(asked).isEmpty();
  }

  private DiskClaims claims(String text) {
    return new DiskClaims(this::add, folder.resolve("ardfs"), text, "default");
  }

  private CompletableFuture<Outcome<DiskView>> add(
      String path, String pool, boolean force, boolean dryRun) {
    assertThat(force || dryRun).isFalse();
    asked.add(path + " to " + pool);
    ErrorCode code = refused.get(path);
    return code == null
        ? CompletableFuture.completedFuture(new Outcome<>(null, false, 0, 0, List.of()))
        : CompletableFuture.failedFuture(new AerieException(code, "no"));
  }
}
