package io.aerie.iscsi.server;

import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import io.aerie.iscsi.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** NOP and text units; the one text of interest is SendTargets, RFC 7143, appendix C. */
final class TextExchange {
  private static final int CONTINUE = 0x40;
  private static final int MORE_TAG = 1;

  private final IscsiContext context;
  private final Session session;
  private final Connection connection;
  private final Parameters parameters;
  private final TextKeys keys = new TextKeys();
  private ByteBuf rest = Unpooled.EMPTY_BUFFER;

  TextExchange(
      IscsiContext context, Session session, Connection connection, Parameters parameters) {
    this.context = context;
    this.session = session;
    this.connection = connection;
    this.parameters = parameters;
  }

  /** NOP-Out; true when the reference to the data was taken over. */
  boolean ping(Header header, ByteBuf data) {
    if (header.taskTag() == Opcodes.NO_TAG) {
      return false;
    }
    Header answer = Header.of(Opcodes.NOP_IN, Opcodes.FINAL);
    answer.u64(8, header.lun()).u32(16, header.taskTag()).u32(20, Opcodes.NO_TAG);
    int length = data == null ? 0 : Math.min(data.readableBytes(), parameters.sendSegmentBytes());
    connection.send(answer, data == null ? null : data.slice(data.readerIndex(), length));
    return data != null;
  }

  /** Text Request. */
  void request(Header header, ByteBuf data) {
    boolean asksForRest = header.u32(20) != Opcodes.NO_TAG;
    if (asksForRest && (header.u32(20) != MORE_TAG || !rest.isReadable())) {
      throw ProtocolException.reject(ProtocolException.INVALID_FIELD, "nothing is left to tell");
    }
    if (!asksForRest) {
      rest = Unpooled.EMPTY_BUFFER;
      keys.add(data);
      if (header.has(CONTINUE)) {
        answer(header, 0, Opcodes.NO_TAG, null);
        return;
      }
      rest = Unpooled.copiedBuffer(tell(keys.take()), StandardCharsets.UTF_8);
    }
    int length = Math.min(rest.readableBytes(), parameters.sendSegmentBytes());
    ByteBuf part = length == 0 ? null : rest.readRetainedSlice(length);
    if (rest.isReadable()) {
      answer(header, CONTINUE, MORE_TAG, part);
    } else {
      answer(header, Opcodes.FINAL, Opcodes.NO_TAG, part);
    }
  }

  private void answer(Header header, int flags, int transferTag, ByteBuf part) {
    Header answer = Header.of(Opcodes.TEXT_RESPONSE, flags);
    answer.u64(8, header.lun()).u32(16, header.taskTag()).u32(20, transferTag);
    connection.send(answer, part);
  }

  private String tell(Map<String, String> asked) {
    StringBuilder text = new StringBuilder();
    asked.forEach(
        (key, value) -> {
          if (key.equals("SendTargets")) {
            sendTargets(value, text);
          } else {
            text.append(key).append("=NotUnderstood\0");
          }
        });
    return text.toString();
  }

  /** All that the initiator may see, in discovery only; else one, the session's when unnamed. */
  private void sendTargets(String wanted, StringBuilder text) {
    String own = session.key().target();
    if (wanted.equals("All") && !own.isEmpty()) {
      text.append("SendTargets=Reject\0");
      return;
    }
    String name = wanted.isEmpty() ? own : wanted;
    List<Portal> portals = context.portals().get();
    for (TargetDefinition target : context.targets().visibleTo(session.key().initiator())) {
      if (wanted.equals("All") || target.name().equals(name)) {
        text.append("TargetName=").append(target.name()).append('\0');
        for (Portal portal : portals) {
          text.append("TargetAddress=").append(portal.address());
          text.append(',').append(portal.tag()).append('\0');
        }
      }
    }
  }
}
