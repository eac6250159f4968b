package io.aerie.cluster.node.admission;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Join tokens: their path is the hash of the secret, so they stay inside the cluster. */
@Component
public final class JoinTokenSchema implements DocumentSchema {
  @Override
  public String type() {
    return "join-token";
  }

  @Override
  public List<String> paths() {
    return List.of("cluster/tokens");
  }

  @Override
  public boolean secret() {
    return true;
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["expires"],
          "properties": {"expires": {"type": "string", "minLength": 1}}
        }
        """;
  }
}
