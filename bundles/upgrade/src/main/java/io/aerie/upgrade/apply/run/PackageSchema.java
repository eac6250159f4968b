package io.aerie.upgrade.apply.run;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link Documents.PackageRecord} is as a document. */
@Component
public final class PackageSchema implements DocumentSchema {
  @Override
  public String type() {
    return Documents.PACKAGE_TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(Documents.PACKAGES);
  }

  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["version", "sha256", "sizeBytes"],
          "properties": {
            "version": {"type": "string", "pattern": "^[0-9]+\\\\.[0-9]+\\\\.[0-9]+(-SNAPSHOT)?$"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "sizeBytes": {"type": "integer", "minimum": 1}
          }
        }
        """;
  }
}
