package io.aerie.iscsi;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** The document {@code exports/iscsi/settings}. */
@Component
public final class SettingsSchema implements DocumentSchema {
  @Override
  public String type() {
    return "iscsi-settings";
  }

  @Override
  public List<String> paths() {
    return List.of(TargetDocuments.SETTINGS);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "enabled": {"type": "boolean"},
            "portals": {"type": "object",
              "additionalProperties": {"type": "string", "pattern": "^[^,\\\\s]+:[0-9]{1,5}$", "maxLength": 255}}
          }
        }
        """;
  }
}
