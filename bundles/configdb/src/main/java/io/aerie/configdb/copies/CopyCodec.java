package io.aerie.configdb.copies;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.Document;
import io.aerie.config.copies.CopyDisks.Label;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.state.Paths;
import io.aerie.configdb.transfer.ExportFile;
import io.aerie.configdb.transfer.ExportFile.Entry;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import javax.crypto.Cipher;
import javax.crypto.CipherOutputStream;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The content of a copy. All of it is encrypted: it has hashes of passwords, and disks are thrown
 * away, sold and stolen apart from their nodes.
 *
 * <pre>
 *  0 magic "AECFGCP1" 8 | 8 nonce 12 | 20 AES-256 in Galois/Counter Mode, with its tag of 16 bytes:
 *    zlib (RFC 1950) of lines of UTF-8
 *      {"lineage":UUID,"revision":N,"documents":N,"notInCopy":{"tokens":N,"cluster/tokens":N}}
 *      {"path":P,"type":T,"value":{...}}      one per document, by path, as in exports
 * </pre>
 *
 * <p>The magic is additional authenticated data. Nonces are random: one key sees a copy every few
 * seconds at most, far below the 2^32 that NIST SP 800-38D (section 8.3) allows.
 */
final class CopyCodec {
  /**
   * Bound to revisions or worth nothing after a day: API tokens, join tokens, and the lineage,
   * which is the label's.
   */
  private static final List<String> LEFT_OUT = List.of("tokens", "cluster/tokens");

  private static final byte[] MAGIC = "AECFGCP1".getBytes(UTF_8);
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String CIPHER = "AES/GCM/NoPadding";

  private final SecretKeySpec key;
  private final SecureRandom random;

  /**
   * @param key 32 bytes that all members have
   */
  CopyCodec(byte[] key, SecureRandom random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  /**
   * A copy as it was made.
   *
   * @param notInCopy for people: what there was besides, and how many
   */
  record Opened(List<Entry> entries, List<String> notInCopy) {}

  byte[] encode(Contents contents, Lineage lineage) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(MAGIC);
    bytes.writeBytes(nonce);
    try (OutputStream lines =
        new DeflaterOutputStream(
            new CipherOutputStream(bytes, cipher(Cipher.ENCRYPT_MODE, nonce)))) {
      write(lines, contents, lineage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
    return bytes.toByteArray();
  }

  private static void write(OutputStream lines, Contents contents, Lineage lineage)
      throws IOException {
    List<Document> kept = new ArrayList<>();
    TreeMap<String, Integer> left = new TreeMap<>();
    for (Document document : contents.documents()) {
      Optional<String> root = leftOut(document.path());
      root.ifPresent(name -> left.merge(name, 1, Integer::sum));
      if (root.isEmpty() && !document.path().equals(Lineage.PATH)) {
        kept.add(document);
      }
    }
    ObjectNode header =
        ExportFile.JSON
            .createObjectNode()
            .put("lineage", lineage.id().toString())
            .put("revision", contents.revision())
            .put("documents", kept.size());
    ObjectNode notInCopy = header.putObject("notInCopy");
    left.forEach(notInCopy::put);
    lines.write((header + "\n").getBytes(UTF_8));
    for (Document document : kept) {
      Entry entry = new Entry(document.path(), document.type(), document.json());
      lines.write((entry.line() + "\n").getBytes(UTF_8));
    }
  }

  private static Optional<String> leftOut(String path) {
    return LEFT_OUT.stream().filter(root -> Paths.covers(root, path)).findAny();
  }

  /**
   * CORRUPT when it is of another key or was changed, or isn't of this label; UNSUPPORTED_FORMAT.
   */
  Opened decode(byte[] content, Label label) {
    int head = MAGIC.length + NONCE_BYTES;
    if (content.length < head || !Arrays.equals(MAGIC, Arrays.copyOf(content, MAGIC.length))) {
      throw new AerieException(
          ErrorCode.UNSUPPORTED_FORMAT,
          "a copy of ConfigDB is of a format that this release does not know",
          "",
          "Use the release that wrote it, or a newer one.");
    }
    byte[] nonce = Arrays.copyOfRange(content, MAGIC.length, head);
    try {
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, nonce).doFinal(content, head, content.length - head);
      return read(plain, label);
    } catch (GeneralSecurityException e) {
      throw corrupt("It is encrypted with another key, or was changed.", e);
    } catch (IOException | AerieException e) {
      throw corrupt("What it holds is not what its label says: " + e.getMessage(), e);
    }
  }

  private static Opened read(byte[] plain, Label label) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new InflaterInputStream(new ByteArrayInputStream(plain)), UTF_8))) {
      JsonNode header = ExportFile.JSON.readTree(lines.readLine());
      List<Entry> entries = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        entries.add(Entry.of(line));
      }
      if (!header.path("lineage").asText().equals(label.lineage().toString())
          || header.path("revision").asLong() != label.revision()
          || header.path("documents").asInt(-1) != entries.size()) {
        throw new IOException("lineage, revision or number of documents differ");
      }
      List<String> notInCopy = new ArrayList<>();
      header
          .path("notInCopy")
          .properties()
          .forEach(left -> notInCopy.add(left.getKey() + ": " + left.getValue()));
      return new Opened(entries, notInCopy);
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(MAGIC);
    return cipher;
  }

  private static AerieException corrupt(String why, Exception cause) {
    return new AerieException(
        ErrorCode.CORRUPT, "a copy of ConfigDB can't be opened", why, "", cause);
  }
}
