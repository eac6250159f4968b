package io.aerie.ardfs.component;

import io.aerie.ardfs.admin.UsageExchange;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Tells and hears usage while the cluster's messages are there. */
@Component(service = ClusterUsage.class)
public final class UsageComponent implements ClusterUsage {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ardfs usage", true));
  private final UsageExchange exchange;

  @Activate
  public UsageComponent(
      @Reference Messages messages, @Reference Membership membership, @Reference OwnUsage own) {
    exchange = new UsageExchange(messages, membership, own::usedBytes, timer);
  }

  @Override
  public Map<UUID, Long> usedBytes() {
    return exchange.used();
  }

  @Deactivate
  void close() {
    exchange.close();
    timer.shutdownNow();
  }
}
