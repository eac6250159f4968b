package io.aerie.iscsi;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Documents with the secrets of a target's CHAP. */
@Component
public final class SecretSchema implements DocumentSchema {
  @Override
  public String type() {
    return "iscsi-secret";
  }

  @Override
  public List<String> paths() {
    return List.of(TargetDocuments.SECRETS);
  }

  @Override
  public boolean secret() {
    return true;
  }

  /**
   * RFC 7143, section 9.2.1: a secret is of 96 bits at least, the two differ (checked by faces).
   */
  @Override
  public String json() {
    return """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "additionalProperties": false,
          "required": ["user", "secret"],
          "dependentRequired": {"mutualUser": ["mutualSecret"], "mutualSecret": ["mutualUser"]},
          "properties": {
            "user": {"type": "string", "minLength": 1, "maxLength": 223},
            "secret": {"type": "string", "writeOnly": true, "minLength": 12, "maxLength": 255},
            "mutualUser": {"type": "string", "minLength": 1, "maxLength": 223},
            "mutualSecret": {"type": "string", "writeOnly": true, "minLength": 12, "maxLength": 255}
          }
        }
        """;
  }
}
