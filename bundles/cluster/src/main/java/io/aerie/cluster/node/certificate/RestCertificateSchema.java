package io.aerie.cluster.node.certificate;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link RestDocument} draws. */
@Component
public final class RestCertificateSchema implements DocumentSchema {
  @Override
  public String type() {
    return RestDocument.TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(RestDocument.PATH);
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
          "additionalProperties": false,
          "required": ["chainPem", "keyPem"],
          "properties": {
            "chainPem": {"type": "string", "minLength": 1, "maxLength": 65536},
            "keyPem": {"type": "string", "writeOnly": true, "minLength": 1, "maxLength": 65536}
          }
        }
        """;
  }
}
