package io.aerie.configdb.ldap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The settings' document, type {@code ldap}, at {@code security/ldap}. All fields are always there;
 * what is not wanted is an empty text.
 *
 * <pre>
 *  {"urls": [...], "plaintext": false, "caCertificatesPem", "bindDn", "bindPassword",
 *   "userBaseDn", "userFilter", "groupBaseDn", "groupFilter",
 *   "groups": {"ADMINISTRATOR": [DN...], "OPERATOR": [...], "OBSERVER": [...]}, "timeoutMs"}
 * </pre>
 */
record LdapDocument(Settings settings, String bindPassword) {
  static final String PATH = "security/ldap";
  private static final String TYPE = "ldap";
  private static final ObjectMapper JSON = new ObjectMapper();

  static LdapDocument of(Document document) {
    try {
      JsonNode json = JSON.readTree(document.json());
      Map<Role, List<String>> groups = new EnumMap<>(Role.class);
      for (Map.Entry<String, JsonNode> entry : json.path("groups").properties()) {
        groups.put(Role.valueOf(entry.getKey()), texts(entry.getValue()));
      }
      Settings settings =
          new Settings(
              texts(json.path("urls")),
              json.path("plaintext").asBoolean(),
              json.path("caCertificatesPem").asText(),
              json.path("bindDn").asText(),
              json.path("userBaseDn").asText(),
              json.path("userFilter").asText(),
              json.path("groupBaseDn").asText(),
              json.path("groupFilter").asText(),
              groups,
              Duration.ofMillis(json.path("timeoutMs").asLong()),
              document.revision());
      return new LdapDocument(settings, json.path("bindPassword").asText());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // the parser's own text may quote the document, and with it the password
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the document '" + PATH + "' holds no settings of an LDAP directory",
          "It has an unknown role, or is not JSON.",
          "Set them again: ldap:set.");
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  Change.Put put() {
    ObjectNode json = JSON.createObjectNode();
    settings.urls().forEach(json.putArray("urls")::add);
    json.put("plaintext", settings.plaintext());
    json.put("caCertificatesPem", settings.caCertificatesPem());
    json.put("bindDn", settings.bindDn());
    json.put("bindPassword", bindPassword);
    json.put("userBaseDn", settings.userBaseDn());
    json.put("userFilter", settings.userFilter());
    json.put("groupBaseDn", settings.groupBaseDn());
    json.put("groupFilter", settings.groupFilter());
    ObjectNode groups = json.putObject("groups");
    new EnumMap<>(settings.groups())
        .forEach(
            (role, names) -> {
              ArrayNode array = groups.putArray(role.name());
              names.forEach(array::add);
            });
    json.put("timeoutMs", settings.timeout().toMillis());
    return new Change.Put(PATH, TYPE, json.toString());
  }

  /** Never prints the password. */
  @Override
  public String toString() {
    return settings.toString();
  }
}
