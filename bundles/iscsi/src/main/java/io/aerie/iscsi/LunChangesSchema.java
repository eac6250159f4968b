package io.aerie.iscsi;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** The document {@code exports/iscsi/lun-changes}: which target was given LUNs last. */
@Component
public final class LunChangesSchema implements DocumentSchema {
  @Override
  public String type() {
    return "iscsi-lun-changes";
  }

  @Override
  public List<String> paths() {
    return List.of(TargetDocuments.ROOT + "/lun-changes");
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "additionalProperties": false,
          "required": ["target"],
          "properties": {
            "target": {"type": "string", "minLength": 1, "maxLength": 223}
          }
        }
        """;
  }
}
