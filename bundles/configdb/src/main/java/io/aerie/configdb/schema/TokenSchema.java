package io.aerie.configdb.schema;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** API tokens. Fields that it doesn't know are let through: only this bundle writes tokens. */
@Component
public final class TokenSchema implements DocumentSchema {
  @Override
  public String type() {
    return "token";
  }

  @Override
  public List<String> paths() {
    return List.of("tokens");
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
          "required": ["name", "owner", "ownerSince", "role", "kinds", "created", "expires", "hash"],
          "properties": {
            "name": {"type": "string", "minLength": 1},
            "owner": {"type": "string", "minLength": 1},
            "ownerSince": {"type": "integer", "minimum": 0},
            "role": {"enum": ["ADMINISTRATOR", "OPERATOR", "OBSERVER"]},
            "kinds": {"type": "array", "items": {"type": "string"}},
            "created": {"type": "string", "minLength": 1},
            "expires": {"type": "string", "minLength": 1},
            "hash": {"type": "string", "writeOnly": true, "pattern": "^[0-9a-f]{64}$"}
          }
        }
        """;
  }
}
