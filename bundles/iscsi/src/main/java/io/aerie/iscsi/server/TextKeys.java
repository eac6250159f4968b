package io.aerie.iscsi.server;

import io.aerie.iscsi.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Pairs of key and value, RFC 7143, section 6.1, gathered over the parts of one exchange. */
final class TextKeys {
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();

  /** Adds a part. */
  void add(ByteBuf data) {
    if (data == null) {
      return;
    }
    byte[] part = new byte[data.readableBytes()];
    data.readBytes(part);
    if (gathered.size() + part.length > IscsiLimits.TEXT_BYTES_MAX) {
      throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "too much text");
    }
    gathered.writeBytes(part);
  }

  /** All pairs, in their order; the next part begins anew. */
  Map<String, String> take() {
    String text = gathered.toString(StandardCharsets.UTF_8);
    gathered.reset();
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.split("\0", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "not key=value");
      }
      if (pairs.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "a key came twice");
      }
    }
    return pairs;
  }

  /** Pairs as they are sent; null when there are none. */
  static ByteBuf write(ByteBufAllocator allocator, Map<String, String> pairs) {
    if (pairs.isEmpty()) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    pairs.forEach((key, value) -> text.append(key).append('=').append(value).append('\0'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return allocator.buffer(bytes.length).writeBytes(bytes);
  }
}
