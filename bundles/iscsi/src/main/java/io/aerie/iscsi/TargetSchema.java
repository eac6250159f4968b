package io.aerie.iscsi;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Documents of targets: people may write them, so unknown fields are refused. */
@Component
public final class TargetSchema implements DocumentSchema {
  @Override
  public String type() {
    return "iscsi-target";
  }

  @Override
  public List<String> paths() {
    return List.of(TargetDocuments.TARGETS);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "additionalProperties": false,
          "required": ["name", "luns"],
          "properties": {
            "name": {"type": "string", "pattern": "^(iqn|eui|naa)\\\\.[a-z0-9.:-]+$", "maxLength": 223},
            "luns": {"type": "array", "maxItems": 256, "items": {
              "type": "object",
              "additionalProperties": false,
              "required": ["lun", "volume"],
              "properties": {
                "lun": {"type": "integer", "minimum": 0, "maximum": 16383},
                "volume": {"type": "string", "minLength": 1, "maxLength": 63}
              }
            }},
            "lunsWithOptions": {"type": "array", "maxItems": 256, "items": {
              "type": "object",
              "additionalProperties": false,
              "required": ["lun", "volume"],
              "properties": {
                "lun": {"type": "integer", "minimum": 0, "maximum": 16383},
                "volume": {"type": "string", "minLength": 1, "maxLength": 63},
                "readOnly": {"type": "boolean"},
                "blockSizeBytes": {"enum": [512, 4096]}
              }
            }},
            "initiators": {"type": "array", "maxItems": 256,
              "items": {"type": "string", "minLength": 1, "maxLength": 223}},
            "chap": {"type": "boolean"}
          }
        }
        """;
  }
}
