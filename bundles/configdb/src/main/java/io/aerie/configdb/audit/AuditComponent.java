package io.aerie.configdb.audit;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

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

  private final FileAuditLog log;

  /** Touches no file yet. */
  @Activate
  public AuditComponent(@Reference ClusterIdentity identity) {
    this.log =
        new FileAuditLog(
            () -> identity.dataDirectory("audit"), Clock.systemUTC(), FILE_BYTES_MAX, FILES_MAX);
  }

  @Override
  public Entry append(Event event) {
    return log.append(event);
  }

  @Override
  public List<Entry> list(OptionalLong before, int limit) {
    return log.list(before, limit);
  }

  @Override
  public Verification verify() {
    return log.verify();
  }

  /** Closes the file. */
  @Deactivate
  public void close() throws IOException {
    log.close();
  }
}
