package io.aerie.configdb.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import java.util.Arrays;

/**
 * A user's document, type {@code user}, at {@code users/NAME}.
 *
 * <pre>
 *  {"role": "ADMINISTRATOR" | "OPERATOR" | "OBSERVER", "passwordHash": as {@link PasswordHash} draws it}
 * </pre>
 */
record UserDocument(Role role, String passwordHash) {
  /** Never prints the hash, at which passwords could be tried. */
  @Override
  public String toString() {
    return role.toString();
  }

  static final String PREFIX = "users";
  private static final String TYPE = "user";
  private static final ObjectMapper JSON = new ObjectMapper();

  static String path(String name) {
    return PREFIX + "/" + name;
  }

  static UserDocument of(Document document) {
    try {
      JsonNode json = JSON.readTree(document.json());
      String role = json.path("role").asText();
      String hash = json.path("passwordHash").asText();
      boolean known = Arrays.stream(Role.values()).anyMatch(value -> value.name().equals(role));
      if (!known || hash.isEmpty()) {
        throw corrupt(document, null);
      }
      return new UserDocument(Role.valueOf(role), hash);
    } catch (JsonProcessingException e) {
      throw corrupt(document, e);
    }
  }

  private static AerieException corrupt(Document document, Throwable cause) {
    return new AerieException(
        ErrorCode.CORRUPT,
        "the document '" + document.path() + "' is not a user",
        "It has no known role or no password hash.",
        "Delete the user and make it again.",
        cause);
  }

  static User user(Document document) {
    String name = document.path().substring(PREFIX.length() + 1);
    return new User(name, of(document).role(), document.revision());
  }

  Change.Put put(String name) {
    ObjectNode json = JSON.createObjectNode();
    json.put("role", role.name());
    json.put("passwordHash", passwordHash);
    return new Change.Put(path(name), TYPE, json.toString());
  }
}
