import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How each database is asked for the same thing over HTTP. Values have 256 bytes, as JSON in ConfigDB. */
enum Database {
  CONFIGDB {
    @Override
    byte[] put(HttpConnection to, String headers, String key, String filler) {
      String open = "{\"v\":\"";
      String value = filler.substring(0, VALUE_BYTES - open.length() - 2);
      return to.request("PUT", "/api/v1/config/bench/" + key + "?type=bench", headers, open + value + "\"}");
    }

    @Override
    byte[] get(HttpConnection to, String headers, String key) {
      return to.request("GET", "/api/v1/config/bench/" + key, headers, "");
    }

    @Override
    byte[] watch(HttpConnection to, String headers, String key) {
      return to.request("GET", "/api/v1/events?subject=config/bench/" + key, headers, "");
    }

    @Override
    boolean begins(String line) {
      return line.equals("event: begun");
    }

    @Override
    boolean tells(String line) {
      return line.equals("event: created") || line.equals("event: changed");
    }
  },

  ETCD {
    @Override
    byte[] put(HttpConnection to, String headers, String key, String filler) {
      String value = base64(filler.substring(0, VALUE_BYTES));
      return to.request("POST", "/v3/kv/put", headers, "{\"key\":\"" + base64("bench/" + key) + "\",\"value\":\"" + value + "\"}");
    }

    @Override
    byte[] get(HttpConnection to, String headers, String key) {
      return to.request("POST", "/v3/kv/range", headers, "{\"key\":\"" + base64("bench/" + key) + "\"}");
    }

    @Override
    byte[] watch(HttpConnection to, String headers, String key) {
      String create = "{\"create_request\":{\"key\":\"" + base64("bench/" + key) + "\"}}";
      return to.request("POST", "/v3/watch", headers, create);
    }

    @Override
    boolean begins(String line) {
      return line.contains("\"created\":true");
    }

    @Override
    boolean tells(String line) {
      return line.contains("\"events\"");
    }
  };

  static final int VALUE_BYTES = 256;

  /** The filler differs from put to put, so that each changes something. */
  abstract byte[] put(HttpConnection to, String headers, String key, String filler);

  /** Linearizable, which is what both do unless told otherwise. */
  abstract byte[] get(HttpConnection to, String headers, String key);

  abstract byte[] watch(HttpConnection to, String headers, String key);

  /** Whether a line of a watch says that it has begun. */
  abstract boolean begins(String line);

  /** Whether a line of a watch tells of a change. */
  abstract boolean tells(String line);

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
