package io.aerie.configdb.schema;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Users. Fields that it doesn't know are let through: only this bundle writes users. */
@Component
public final class UserSchema implements DocumentSchema {
  @Override
  public String type() {
    return "user";
  }

  @Override
  public List<String> paths() {
    return List.of("users");
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
          "required": ["role", "passwordHash"],
          "properties": {
            "role": {"enum": ["ADMINISTRATOR", "OPERATOR", "OBSERVER"]},
            "passwordHash": {"type": "string", "writeOnly": true,
              "pattern": "^\\\\$pbkdf2-sha512\\\\$v=1\\\\$"}
          }
        }
        """;
  }
}
