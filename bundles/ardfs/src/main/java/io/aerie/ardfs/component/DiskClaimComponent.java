package io.aerie.ardfs.component;

import io.aerie.ardfs.admin.DiskClaims;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.storage.admin.StorageAdministration;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Claims the disks that the machine's set-up wrote into etc/io.aerie.disks.cfg. */
@Component(
    service = {},
    immediate = true,
    configurationPid = "io.aerie.disks",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class DiskClaimComponent {
  private static final long PAUSE_SECONDS = 5;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          new DefaultThreadFactory("ardfs disk claims", true));
  private final DiskClaims claims;

  /** PID io.aerie.disks. */
  public @interface Settings {
    /** Absolute paths of empty disks, with commas between them. */
    String claim() default "";

    /** Where they go. */
    String pool() default "default";
  }

  @Activate
  public DiskClaimComponent(
      @Reference StorageAdministration storage,
      @Reference ClusterIdentity identity,
      Settings settings) {
    claims =
        new DiskClaims(
            storage::addDisk, identity.dataDirectory("ardfs"), settings.claim(), settings.pool());
    timer.execute(this::round);
  }

  private void round() {
    var unused =
        claims
            .tryOpen()
            .whenComplete(
                (all, failure) -> {
                  if (failure != null || !all) {
                    again();
                  }
                });
  }

  private void again() {
    if (!timer.isShutdown()) {
      var unused = timer.schedule(this::round, PAUSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Deactivate
  void close() {
    timer.shutdownNow();
  }
}
