package io.aerie.configdb.schema;

import io.aerie.config.schema.DocumentSchema;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** The settings of the LDAP directory; secret, because they hold the password that searches. */
@Component
public final class LdapSchema implements DocumentSchema {
  @Override
  public String type() {
    return "ldap";
  }

  @Override
  public List<String> paths() {
    return List.of("security/ldap");
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
          "required": ["urls", "plaintext", "caCertificatesPem", "bindDn", "bindPassword", "userBaseDn",
            "userFilter", "groupBaseDn", "groupFilter", "groups", "timeoutMs"],
          "properties": {
            "urls": {"type": "array", "minItems": 1, "maxItems": 8,
              "items": {"type": "string", "pattern": "^ldaps?://", "maxLength": 300}},
            "plaintext": {"type": "boolean"},
            "caCertificatesPem": {"type": "string", "maxLength": 65536},
            "bindDn": {"type": "string", "maxLength": 1024},
            "bindPassword": {"type": "string", "writeOnly": true, "maxLength": 1024},
            "userBaseDn": {"type": "string", "minLength": 1, "maxLength": 1024},
            "userFilter": {"type": "string", "minLength": 1, "maxLength": 1024},
            "groupBaseDn": {"type": "string", "maxLength": 1024},
            "groupFilter": {"type": "string", "maxLength": 1024},
            "groups": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "ADMINISTRATOR": {"$ref": "#/$defs/groups"},
                "OPERATOR": {"$ref": "#/$defs/groups"},
                "OBSERVER": {"$ref": "#/$defs/groups"}
              }
            },
            "timeoutMs": {"type": "integer", "minimum": 1000, "maximum": 8000}
          },
          "$defs": {
            "groups": {"type": "array", "maxItems": 100,
              "items": {"type": "string", "minLength": 1, "maxLength": 1024}}
          }
        }
        """;
  }
}
