package io.aerie.cluster.ratis.library;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;

/**
 * The RPC type whose factory comes with the parameters. Ratis makes a type of its user's by the
 * name of its class, and looks for that in its own bundle only; so this one class lies there, and
 * the user's factory may come and go with the user's bundle.
 */
public final class GivenRpcType implements RpcType {
  private static final String FACTORY = "aerie.rpc.factory";

  /** Hands over the factory that {@link #newFactory} of the same parameters gives. */
  public static void give(Parameters parameters, RpcFactory factory) {
    parameters.put(FACTORY, factory, RpcFactory.class);
  }

  @Override
  public String name() {
    return GivenRpcType.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return parameters.getNonNull(FACTORY, RpcFactory.class);
  }
}
