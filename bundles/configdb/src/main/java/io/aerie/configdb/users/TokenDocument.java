package io.aerie.configdb.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.config.users.UserDirectory.Role;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * A token's document, type {@code token}, at {@code tokens/ID}.
 *
 * <pre>
 *  {"name", "owner", "ownerSince": revision at which the owner's document was made,
 *   "role": as in {@link UserDocument}, "kinds": [...], "created", "expires": ISO 8601,
 *   "hash": SHA-256 of the secret's 32 random bytes, hexadecimal}
 * </pre>
 *
 * A fast hash is enough: nobody guesses 256 random bits. {@code ownerSince} keeps a token from
 * serving another user who gets the owner's name later.
 */
record TokenDocument(Token token, long ownerSince, String hash) {
  static final String PREFIX = "tokens";
  private static final String TYPE = "token";
  private static final ObjectMapper JSON = new ObjectMapper();

  static String path(String id) {
    return PREFIX + "/" + id;
  }

  static TokenDocument of(Document document) {
    try {
      JsonNode json = JSON.readTree(document.json());
      Set<String> kinds = new TreeSet<>();
      json.path("kinds").forEach(kind -> kinds.add(kind.asText()));
      Token token =
          new Token(
              document.path().substring(PREFIX.length() + 1),
              json.path("name").asText(),
              json.path("owner").asText(),
              Role.valueOf(json.path("role").asText()),
              kinds,
              Instant.parse(json.path("created").asText()),
              Instant.parse(json.path("expires").asText()),
              document.revision());
      return new TokenDocument(token, json.path("ownerSince").asLong(), json.path("hash").asText());
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the document '" + document.path() + "' is not a token",
          "It lacks a field, or one has an unknown value.",
          "Revoke the token and make it again.",
          e);
    }
  }

  Change.Put put() {
    ObjectNode json = JSON.createObjectNode();
    json.put("name", token.name());
    json.put("owner", token.owner());
    json.put("ownerSince", ownerSince);
    json.put("role", token.role().name());
    token.kinds().stream().sorted().forEach(json.putArray("kinds")::add);
    json.put("created", token.created().toString());
    json.put("expires", token.expires().toString());
    json.put("hash", hash);
    return new Change.Put(path(token.id()), TYPE, json.toString());
  }
}
