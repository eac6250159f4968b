package io.aerie.cluster.atomix;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/**
 * A member as text properties: what members tell each other with every heartbeat, and what is
 * remembered on disk. One property an endpoint, {@code endpoint.SERVICE=host:port}. Services that
 * this release doesn't know are passed over, so that a newer member can be understood.
 */
final class MemberProperties {
  private static final String PREFIX = "endpoint.";

  private MemberProperties() {}

  static Properties write(Member member) {
    Properties properties = new Properties();
    member
        .endpoints()
        .forEach(
            (service, endpoint) ->
                properties.setProperty(PREFIX + service.name(), endpoint.toString()));
    return properties;
  }

  static Member read(NodeId id, Properties properties) {
    Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      String text = properties.getProperty(PREFIX + service.name());
      if (text != null) {
        endpoints.put(service, endpoint(text));
      }
    }
    return new Member(id, endpoints);
  }

  private static Endpoint endpoint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no endpoint: " + text);
    }
    return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
