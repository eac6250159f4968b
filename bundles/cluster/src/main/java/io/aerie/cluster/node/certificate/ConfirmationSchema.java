package io.aerie.cluster.node.certificate;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link Confirmations} draws. */
@Component
public final class ConfirmationSchema implements DocumentSchema {
  @Override
  public String type() {
    return Confirmations.TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(Confirmations.PREFIX);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["number", "phase"],
          "properties": {
            "number": {"type": "integer", "minimum": 2},
            "phase": {"enum": ["TRUST", "ISSUE", "DROP"]}
          }
        }
        """;
  }
}
