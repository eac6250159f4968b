package io.aerie.ardfs.admin;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * The wish for a pool, {@link PoolWishes.Wish}: people may write it, so unknown fields are refused.
 */
@Component
public final class PoolSchema implements DocumentSchema {
  @Override
  public String type() {
    return "pool";
  }

  @Override
  public List<String> paths() {
    return List.of("pools");
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["id", "name"],
          "properties": {
            "id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
            "name": {"type": "string", "pattern": "^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$"},
            "failureDomain": {"enum": ["disk", "node", "rack", "site"]}
          },
          "additionalProperties": false
        }
        """;
  }
}
