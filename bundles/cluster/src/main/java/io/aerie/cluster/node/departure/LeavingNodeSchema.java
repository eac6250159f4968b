package io.aerie.cluster.node.departure;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link LeavingNode} draws. */
@Component
public final class LeavingNodeSchema implements DocumentSchema {
  @Override
  public String type() {
    return LeavingNode.TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(LeavingNode.PREFIX);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["since"],
          "properties": {
            "since": {"type": "string", "minLength": 1}
          }
        }
        """;
  }
}
