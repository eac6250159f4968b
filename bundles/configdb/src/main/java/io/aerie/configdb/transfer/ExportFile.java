package io.aerie.configdb.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * An export as it lies in a file: lines of UTF-8, each ended by a line feed, so that people can
 * read and compare exports that are not encrypted.
 *
 * <pre>
 *  {"format":"aerie-config-export","version":1,"made":ISO 8601,"revision":N,"documents":N,
 *   "leftOut":[PATH...],"encryption":null | as {@link ExportCipher} draws it}
 *  {"path":P,"type":T,"value":{...}}      one per document, by path; when encrypted instead of them
 *                                         one line, the base64 of their ciphertext
 *  {"sha256":HEX}                         over all bytes before this line
 * </pre>
 *
 * @param header the first line
 * @param documents what it holds, by path
 */
public record ExportFile(ObjectNode header, List<Entry> documents) {
  static final String FORMAT = "aerie-config-export";
  static final int VERSION = 1;

  private static final String CHECKSUM = "sha256";

  /** Numbers stay as they were written; a name twice is refused. */
  public static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** A document without its revisions: those belong to the database that it came from. */
  public record Entry(String path, String type, String json) {
    /** As a line of a file, without its end. */
    public String line() {
      try {
        ObjectNode line = JSON.createObjectNode().put("path", path).put("type", type);
        return line.set("value", JSON.readTree(json)).toString();
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the document " + path + " holds no JSON", e);
      }
    }

    /** Reads a line; INVALID_VALUE when it is none. */
    public static Entry of(String text) {
      ObjectNode line = object(text);
      if (line == null || !line.path("value").isObject() || !line.path("path").isTextual()) {
        throw invalid("the export is damaged", "A line of it is no document.");
      }
      String path = line.path("path").textValue();
      return new Entry(path, line.path("type").asText(), line.path("value").toString());
    }
  }

  /** The file; encrypted when there is a cipher. */
  byte[] encode(Optional<ExportCipher> cipher) {
    cipher.ifPresentOrElse(
        used -> header.set("encryption", used.describe()), () -> header.putNull("encryption"));
    StringBuilder lines = new StringBuilder();
    for (Entry entry : documents) {
      lines.append(entry.line()).append('\n');
    }
    byte[] head = utf8(header + "\n");
    byte[] body = utf8(lines.toString());
    if (cipher.isPresent()) {
      byte[] sealed = cipher.get().seal(head, body);
      body = utf8(Base64.getEncoder().encodeToString(sealed) + "\n");
    }
    byte[] both = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, both, head.length, body.length);
    byte[] tail = utf8(JSON.createObjectNode().put(CHECKSUM, sha256(both, both.length)) + "\n");
    byte[] file = Arrays.copyOf(both, both.length + tail.length);
    System.arraycopy(tail, 0, file, both.length, tail.length);
    return file;
  }

  /** The first line of a whole and undamaged file. */
  static ObjectNode readHeader(byte[] file) {
    int end = lineEnd(file, 0);
    ObjectNode header = end < 0 ? null : object(text(file, 0, end));
    if (header == null || !header.path("format").asText().equals(FORMAT)) {
      throw invalid("the file is not an export of ConfigDB", "It does not begin as one.");
    }
    if (header.path("version").asInt() != VERSION) {
      throw new AerieException(
          ErrorCode.UNSUPPORTED_FORMAT,
          "the export has the unknown version " + header.path("version"),
          "This release reads version " + VERSION + ".",
          "Import it with the release that made it, or a newer one.");
    }
    int last = lastLine(file);
    ObjectNode tail = last <= end ? null : object(text(file, last, file.length - 1));
    if (tail == null || !tail.path(CHECKSUM).asText().equals(sha256(file, last))) {
      throw invalid(
          "the export is damaged", "Its checksum at the end is missing or does not match.");
    }
    return header;
  }

  /** Reads a file; the passphrase is used when it is encrypted. */
  static ExportFile decode(byte[] file, Optional<char[]> passphrase) {
    ObjectNode header = readHeader(file);
    int bodyStart = lineEnd(file, 0) + 1;
    byte[] head = Arrays.copyOf(file, bodyStart);
    byte[] body = Arrays.copyOfRange(file, bodyStart, lastLine(file));
    if (isEncrypted(header)) {
      char[] phrase =
          passphrase.orElseThrow(
              () ->
                  invalid("the export is encrypted", "It wants the passphrase it was made with."));
      body = ExportCipher.of(header.path("encryption"), phrase).open(head, unbase64(body));
    }
    ExportFile decoded = new ExportFile(header, entries(body));
    if (decoded.documents.size() != header.path("documents").asInt(-1)) {
      throw invalid("the export is damaged", "It has another number of documents than it says.");
    }
    return decoded;
  }

  static boolean isEncrypted(ObjectNode header) {
    return !header.path("encryption").isNull() && !header.path("encryption").isMissingNode();
  }

  private static List<Entry> entries(byte[] body) {
    List<Entry> entries = new ArrayList<>();
    String before = "";
    for (int start = 0; start < body.length; ) {
      int end = lineEnd(body, start);
      if (end < 0) {
        throw invalid("the export is damaged", "A line of it is no document.");
      }
      Entry entry = Entry.of(text(body, start, end));
      if (entry.path().compareTo(before) <= 0) {
        throw invalid("the export is damaged", "Its documents are not in order.");
      }
      entries.add(entry);
      before = entry.path();
      start = end + 1;
    }
    return entries;
  }

  private static int lineEnd(byte[] bytes, int start) {
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Where the last line begins; the file must end with a line feed for it to count. */
  private static int lastLine(byte[] file) {
    if (file.length == 0 || file[file.length - 1] != '\n') {
      return 0;
    }
    for (int i = file.length - 2; i >= 0; i--) {
      if (file[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  private static ObjectNode object(String text) {
    try {
      return JSON.readTree(text) instanceof ObjectNode object ? object : null;
    } catch (JsonProcessingException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "the file is not an export of ConfigDB, or is damaged",
          "A line of it is not JSON.",
          "",
          e);
    }
  }

  private static byte[] unbase64(byte[] line) {
    try {
      return Base64.getDecoder().decode(Arrays.copyOf(line, Math.max(0, line.length - 1)));
    } catch (IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "the export is damaged", "It is not base64.", "", e);
    }
  }

  private static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Tells one file from another. */
  static String id(byte[] file) {
    return sha256(file, file.length);
  }

  private static String sha256(byte[] bytes, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, 0, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static AerieException invalid(String what, String why) {
    return new AerieException(ErrorCode.INVALID_VALUE, what, why, "");
  }
}
