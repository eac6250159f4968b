package io.aerie.configdb.audit;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log of this node, in {@code DATA/audit}. It needs no other node: what a cut off node is
 * asked is recorded too.
 */
@Component(service = AuditLog.class)
public final class AuditComponent implements AuditLog {
  /** About 25,000 entries: read whole at each start and for each page of a list. */
  private static final long FILE_BYTES_MAX = 8L << 20;

  /** Half a gibibyte; 1.6 million entries. */
  private static final int FILES_MAX = 64;

  /** How often counted refusals are looked at. */
  private static final long PERIOD_MS = 1_000;

  private static final Logger logger = LoggerFactory.getLogger(AuditComponent.class);

  private final FileAuditLog log;
  private final RefusalMerger refusals;
  private final ScheduledExecutorService scheduler;
  private final ScheduledFuture<?> looks;

  /** Touches no file yet. */
  @Activate
  public AuditComponent(@Reference ClusterIdentity identity) {
    this.log =
        new FileAuditLog(
            () -> identity.dataDirectory("audit"), Clock.systemUTC(), FILE_BYTES_MAX, FILES_MAX);
    this.refusals = new RefusalMerger(System::nanoTime, log::append);
    this.scheduler =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "aerie-audit");
              thread.setDaemon(true);
              return thread;
            });
    this.looks =
        scheduler.scheduleWithFixedDelay(
            () -> told(refusals::writeDue), PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  /** Nobody waits for an entry of counted refusals who could be told that it failed. */
  private static void told(Runnable writing) {
    try {
      writing.run();
    } catch (RuntimeException e) {
      logger.error("The audit log lacks an entry of counted refusals", e);
    }
  }

  @Override
  public Entry append(Event event) {
    return log.append(event);
  }

  @Override
  public void refused(Event event) {
    refusals.refused(event);
  }

  @Override
  public List<Entry> list(OptionalLong before, int limit) {
    told(refusals::writeAll);
    return log.list(before, limit);
  }

  @Override
  public Verification verify() {
    told(refusals::writeAll);
    return log.verify();
  }

  /** Writes what was counted, and closes the file. */
  @Deactivate
  public void close() throws IOException {
    looks.cancel(false);
    scheduler.shutdown();
    told(refusals::writeAll);
    log.close();
  }
}
