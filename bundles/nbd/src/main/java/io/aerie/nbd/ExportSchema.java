package io.aerie.nbd;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** The document {@code exports/nbd}: people write it, so unknown fields are refused. */
@Component
public final class ExportSchema implements DocumentSchema {
  @Override
  public String type() {
    return "nbd-export";
  }

  @Override
  public List<String> paths() {
    return List.of(NbdExport.PATH);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {"enabled": {"type": "boolean"}},
          "additionalProperties": false
        }
        """;
  }
}
