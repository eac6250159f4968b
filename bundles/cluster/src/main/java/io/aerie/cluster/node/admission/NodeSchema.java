package io.aerie.cluster.node.admission;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link NodeRecord} draws. Newer releases may know more services and fields. */
@Component
public final class NodeSchema implements DocumentSchema {
  @Override
  public String type() {
    return "node";
  }

  @Override
  public List<String> paths() {
    return List.of("cluster/nodes");
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["id", "endpoints", "certificateSerial", "joined"],
          "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 63},
            "endpoints": {
              "type": "object",
              "additionalProperties": {"type": "string", "pattern": "^.+:[0-9]{1,5}$"}
            },
            "certificateSerial": {"type": "string", "minLength": 1},
            "key": {"type": "string", "minLength": 1},
            "joined": {"type": "string", "minLength": 1},
            "admission": {
              "type": "object",
              "required": ["token", "key", "certificate", "expires"],
              "additionalProperties": {"type": "string", "minLength": 1}
            }
          }
        }
        """;
  }
}
