package io.aerie.ardfs.component;

import io.aerie.ardfs.admin.UsageExchange;
import io.aerie.base.NodeId;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
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
    exchange = new UsageExchange(messages, membership, own::report, timer);
  }

  @Override
  public Map<UUID, Long> usedBytes() {
    return exchange.used();
  }

  @Override
  public Map<NodeId, List<Quarantined>> quarantined() {
    return exchange.quarantined();
  }

  @Deactivate
  void close() {
    exchange.close();
    timer.shutdownNow();
  }
}
