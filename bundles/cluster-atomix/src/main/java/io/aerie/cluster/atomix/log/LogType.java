package io.aerie.cluster.atomix.log;

import io.atomix.primitive.PrimitiveBuilder;
import io.atomix.primitive.PrimitiveManagementService;
import io.atomix.primitive.PrimitiveType;
import io.atomix.primitive.SyncPrimitive;
import io.atomix.primitive.config.PrimitiveConfig;
import io.atomix.primitive.service.PrimitiveService;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.utils.serializer.Serializer;

/** The one kind of "primitive" that our engines know: a log under a state machine. */
@SuppressWarnings("rawtypes")
final class LogType implements PrimitiveType<PrimitiveBuilder, LogType.Config, SyncPrimitive> {
  private final PrimitiveService service;

  LogType(PrimitiveService service) {
    this.service = service;
  }

  @Override
  public String name() {
    return "aerie-log";
  }

  /** The engine wants a configuration with every session; ours says nothing. */
  byte[] serviceConfig() {
    return Serializer.using(namespace()).encode(new ServiceConfig());
  }

  @Override
  public PrimitiveService newService(ServiceConfig config) {
    return service;
  }

  @Override
  public Config newConfig() {
    return new Config(this);
  }

  @Override
  public PrimitiveBuilder newBuilder(
      String name, Config config, PrimitiveManagementService managementService) {
    throw new UnsupportedOperationException("logs have no client of Atomix'");
  }

  /** Nothing can be configured. */
  static final class Config extends PrimitiveConfig<Config> {
    private final LogType type;

    Config(LogType type) {
      this.type = type;
    }

    @Override
    public PrimitiveType getType() {
      return type;
    }
  }
}
