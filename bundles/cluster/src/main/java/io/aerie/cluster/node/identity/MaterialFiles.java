package io.aerie.cluster.node.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.cluster.node.pki.TlsStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of keys and certificates, which change together. They are written whole into one file
 * first, which is done again at the next start if a crash came in between:
 *
 * <pre>
 *  change.json  {"ca.pem": BASE64 (RFC 4648) of the file's bytes, "node.p12": ..., ...}
 * </pre>
 */
final class MaterialFiles {
  private static final String CHANGE = "change.json";

  private MaterialFiles() {}

  /** Names and contents; a file without content is not there. */
  static Map<String, byte[]> of(IdentityMaterial material, String storePassword)
      throws GeneralSecurityException {
    char[] password = storePassword.toCharArray();
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(IdentityFolder.AUTHORITY, text(Pem.of(material.authority().certificate())));
    files.put(IdentityFolder.AUTHORITY_KEY, text(Pem.of(material.authority().key())));
    files.put(IdentityFolder.KEY, text(Pem.of(material.key())));
    files.put(IdentityFolder.CHAIN, text(Pem.of(material.credential().chain())));
    files.put(IdentityFolder.TRUSTED, text(Pem.of(material.alsoTrusted())));
    files.put(
        IdentityFolder.TRUST_STORE,
        TlsStores.bytes(TlsStores.trustStore(material.trusted()), password));
    files.put(
        IdentityFolder.KEY_STORE,
        TlsStores.bytes(TlsStores.keyStore(material.credential(), password), password));
    return files;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Replaces the files, all or, for the reader of the folder, none. */
  static void replace(Path folder, Map<String, byte[]> files) throws IOException {
    ObjectNode change = MemberJson.object();
    files.forEach((name, bytes) -> change.put(name, Base64.getEncoder().encodeToString(bytes)));
    AtomicFiles.replace(folder.resolve(CHANGE), text(change.toString()));
    finish(folder);
  }

  /** Carries out a change that was begun; IllegalArgumentException when it can't be read. */
  static void finish(Path folder) throws IOException {
    Path file = folder.resolve(CHANGE);
    if (!Files.exists(file)) {
      return;
    }
    JsonNode change = MemberJson.parse(Files.readString(file));
    for (Map.Entry<String, JsonNode> entry : change.properties()) {
      byte[] content = Base64.getDecoder().decode(entry.getValue().asText());
      Path target = folder.resolve(entry.getKey());
      if (content.length == 0) {
        Files.deleteIfExists(target);
      } else {
        AtomicFiles.replace(target, content);
      }
    }
    Files.delete(file);
    AtomicFiles.sync(folder);
  }
}
