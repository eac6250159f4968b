package io.aerie.cluster.node.certificate;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link RotationDocument} draws. */
@Component
public final class RotationSchema implements DocumentSchema {
  @Override
  public String type() {
    return RotationDocument.TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(RotationDocument.PATH);
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
          "required": ["number", "phase", "hold", "without", "started", "certificatePem", "keyPem"],
          "properties": {
            "number": {"type": "integer", "minimum": 2},
            "phase": {"enum": ["TRUST", "ISSUE", "DROP", "DONE"]},
            "hold": {"type": "boolean"},
            "without": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 63}},
            "started": {"type": "string", "minLength": 1},
            "certificatePem": {"type": "string", "minLength": 1},
            "keyPem": {"type": "string", "writeOnly": true}
          }
        }
        """;
  }
}
