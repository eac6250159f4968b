package io.aerie.cluster.identity;

import io.aerie.base.NodeId;
import java.util.Map;

/**
 * A node as others know it.
 *
 * @param id its name
 * @param endpoints where its servers listen
 */
public record Member(NodeId id, Map<Service, Endpoint> endpoints) {
  public Member {
    endpoints = Map.copyOf(endpoints);
  }

  /** The endpoint of a service; every member has all that its release knows. */
  public Endpoint endpoint(Service service) {
    Endpoint endpoint = endpoints.get(service);
    if (endpoint == null) {
      throw new IllegalStateException(id + " has no endpoint for " + service);
    }
    return endpoint;
  }
}
