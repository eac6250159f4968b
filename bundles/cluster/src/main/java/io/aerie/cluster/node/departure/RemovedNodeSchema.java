package io.aerie.cluster.node.departure;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link RemovedNode} draws. */
@Component
public final class RemovedNodeSchema implements DocumentSchema {
  @Override
  public String type() {
    return RemovedNode.TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(RemovedNode.PREFIX);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["removed", "keys", "serials"],
          "properties": {
            "removed": {"type": "string", "minLength": 1},
            "keys": {"type": "array", "items": {"type": "string", "minLength": 1}},
            "serials": {"type": "array", "items": {"type": "string", "minLength": 1}}
          }
        }
        """;
  }
}
