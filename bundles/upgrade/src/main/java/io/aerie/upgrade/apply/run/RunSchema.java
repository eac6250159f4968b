package io.aerie.upgrade.apply.run;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link Run} is as a document. */
@Component
public final class RunSchema implements DocumentSchema {
  @Override
  public String type() {
    return Documents.RUN_TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(Documents.RUN);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["id", "sha256", "version", "from", "exchange", "direction", "state", "why", "started", "nodes"],
          "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 64},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "version": {"type": "string", "minLength": 1, "maxLength": 64},
            "from": {"type": "string", "minLength": 1, "maxLength": 64},
            "exchange": {"enum": ["swap", "restart"]},
            "direction": {"enum": ["forward", "back"]},
            "state": {"enum": ["running", "paused", "stopped", "done", "rolled-back"]},
            "why": {"type": "string"},
            "started": {"type": "string", "minLength": 1},
            "nodes": {"type": "array", "minItems": 1, "items": {
              "type": "object",
              "required": ["node", "state", "former", "serving"],
              "properties": {
                "node": {"type": "string", "minLength": 1, "maxLength": 63},
                "state": {"enum": ["old", "exchanging", "new"]},
                "former": {"type": "string", "maxLength": 128},
                "serving": {"type": "array", "items": {"type": "string"}}
              }
            }}
          }
        }
        """;
  }
}
