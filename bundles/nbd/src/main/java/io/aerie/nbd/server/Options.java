package io.aerie.nbd.server;

import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.export.volume.ExportedVolume;
import io.aerie.export.volume.VolumeSource;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Option haggling without its bytes' coming and going: what the server says to each option, and
 * what was agreed. One per connection; called by one thread at a time, next option after the answer
 * to the last.
 */
final class Options {
  private final VolumeSource source;
  private final String client;
  private final boolean tlsOffered;
  private boolean tls;
  private boolean structured;

  /** The export for which base:allocation was selected last; null when it was not. */
  private String contextExport;

  Options(VolumeSource source, String client, boolean tlsOffered) {
    this.source = source;
    this.client = client;
    this.tlsOffered = tlsOffered;
  }

  /** What follows an answer. */
  enum Next {
    HAGGLE,
    CLOSE,
    START_TLS,
    /** Transmission after option replies (GO). */
    TRANSMIT,
    /** Transmission after the bare size and flags (EXPORT_NAME). */
    TRANSMIT_BARE
  }

  /** One option reply; its data are on the heap and need no release. */
  record Reply(int type, ByteBuf data) {}

  /**
   * All that is said to an option.
   *
   * @param volume open, for the transmission phase; else null
   * @param withContext whether base:allocation was selected for it
   */
  record Answer(Next next, List<Reply> replies, ExportedVolume volume, boolean withContext) {
    static Answer of(Next next, Reply... replies) {
      return new Answer(next, List.of(replies), null, false);
    }

    static Answer error(int type, String text) {
      return of(Next.HAGGLE, new Reply(type, Unpooled.wrappedBuffer(Replies.text(text))));
    }
  }

  /** True when structured replies were agreed. */
  boolean structured() {
    return structured;
  }

  /** Answers an option; never fails. The data are read before it returns. */
  CompletableFuture<Answer> answer(int option, ByteBuf data) {
    return switch (option) {
      case Nbd.OPT_EXPORT_NAME -> exportName(Replies.string(data, data.readableBytes()));
      case Nbd.OPT_ABORT -> now(Answer.of(Next.CLOSE, ack()));
      case Nbd.OPT_LIST -> data.isReadable() ? invalid("LIST has no data") : list();
      case Nbd.OPT_STARTTLS -> now(startTls(data));
      case Nbd.OPT_INFO, Nbd.OPT_GO -> info(option == Nbd.OPT_GO, data);
      case Nbd.OPT_STRUCTURED_REPLY -> structuredReply(data);
      case Nbd.OPT_LIST_META_CONTEXT, Nbd.OPT_SET_META_CONTEXT ->
          metaContext(option == Nbd.OPT_SET_META_CONTEXT, data);
      default -> now(Answer.error(Nbd.REP_ERR_UNSUP, "unknown option"));
    };
  }

  private CompletableFuture<Answer> exportName(String name) {
    if (name == null) {
      return now(Answer.of(Next.CLOSE));
    }
    return source
        .open(name, client)
        .handle(
            (volume, failure) ->
                failure != null
                    ? Answer.of(Next.CLOSE)
                    : new Answer(
                        Next.TRANSMIT_BARE, List.of(), volume, name.equals(contextExport)));
  }

  private CompletableFuture<Answer> list() {
    return source
        .volumes()
        .handle(
            (views, failure) -> {
              if (failure != null) {
                return failed(failure);
              }
              List<Reply> replies = new ArrayList<>();
              for (VolumeView view : views) {
                replies.add(serverReply(view));
              }
              replies.add(ack());
              return new Answer(Next.HAGGLE, replies, null, false);
            });
  }

  private static Reply serverReply(VolumeView view) {
    byte[] name = view.name().getBytes(StandardCharsets.UTF_8);
    byte[] text = Replies.text(description(view));
    ByteBuf data =
        Unpooled.buffer(Integer.BYTES + name.length + text.length)
            .writeInt(name.length)
            .writeBytes(name)
            .writeBytes(text);
    return new Reply(Nbd.REP_SERVER, data);
  }

  private static String description(VolumeView view) {
    return view.protection() + " in pool " + view.pool();
  }

  /** SELECTIVETLS mode: offered, never required (section "TLS support"). */
  private Answer startTls(ByteBuf data) {
    if (data.isReadable() || tls) {
      return Answer.error(Nbd.REP_ERR_INVALID, tls ? "TLS runs already" : "STARTTLS has no data");
    }
    if (!tlsOffered) {
      return Answer.error(Nbd.REP_ERR_POLICY, "this server has no certificate");
    }
    tls = true;
    structured = false;
    contextExport = null;
    return Answer.of(Next.START_TLS, ack());
  }

  private CompletableFuture<Answer> structuredReply(ByteBuf data) {
    if (data.isReadable()) {
      return invalid("STRUCTURED_REPLY has no data");
    }
    structured = true;
    return now(Answer.of(Next.HAGGLE, ack()));
  }

  /** INFO and GO: u32 name length | name | u16 count | { u16 information type } ... */
  private CompletableFuture<Answer> info(boolean go, ByteBuf data) {
    String name =
        data.readableBytes() < Integer.BYTES ? null : Replies.string(data, data.readInt());
    if (name == null || data.readableBytes() < Short.BYTES) {
      return invalid("no export name");
    }
    int count = data.readUnsignedShort();
    if (data.readableBytes() != count * Short.BYTES) {
      return invalid("the number of information requests does not fit the length");
    }
    Set<Integer> wanted = new TreeSet<>();
    while (data.isReadable()) {
      wanted.add(data.readUnsignedShort());
    }
    CompletableFuture<Answer> answer =
        go
            ? source.open(name, client).thenApply(volume -> go(name, wanted, volume))
            : source
                .find(name)
                .thenApply(
                    view ->
                        new Answer(
                            Next.HAGGLE, replies(view, view.sizeBytes(), wanted), null, false));
    return answer.exceptionally(Options::failed);
  }

  private Answer go(String name, Set<Integer> wanted, ExportedVolume volume) {
    // Opened, so storage is there: the view comes at once, or the volume was deleted meanwhile.
    VolumeView view = source.viewNow(name);
    boolean withContext = name.equals(contextExport);
    return new Answer(
        Next.TRANSMIT, replies(view, volume.sizeBytes(), wanted), volume, withContext);
  }

  private List<Reply> replies(VolumeView view, long sizeBytes, Set<Integer> wanted) {
    List<Reply> replies = new ArrayList<>();
    replies.add(
        info(
            Unpooled.buffer()
                .writeShort(Nbd.INFO_EXPORT)
                .writeLong(sizeBytes)
                .writeShort(Nbd.exportFlags(structured))));
    if (wanted.contains(Nbd.INFO_NAME) && view != null) {
      replies.add(text(Nbd.INFO_NAME, view.name()));
    }
    if (wanted.contains(Nbd.INFO_DESCRIPTION) && view != null) {
      replies.add(text(Nbd.INFO_DESCRIPTION, description(view)));
    }
    if (wanted.contains(Nbd.INFO_BLOCK_SIZE)) {
      replies.add(
          info(
              Unpooled.buffer()
                  .writeShort(Nbd.INFO_BLOCK_SIZE)
                  .writeInt(NbdLimits.BLOCK_BYTES_MIN)
                  .writeInt(NbdLimits.BLOCK_BYTES_PREFERRED)
                  .writeInt(NbdLimits.PAYLOAD_BYTES_MAX)));
    }
    replies.add(ack());
    return replies;
  }

  private static Reply text(int type, String text) {
    return info(Unpooled.buffer().writeShort(type).writeBytes(Replies.text(text)));
  }

  private static Reply info(ByteBuf data) {
    return new Reply(Nbd.REP_INFO, data);
  }

  /** u32 name length | name | u32 count | { u32 length | query } ... */
  private CompletableFuture<Answer> metaContext(boolean set, ByteBuf data) {
    if (set) {
      // "Issuing this command replaces all previously-set metadata contexts (including when this
      // command fails)".
      contextExport = null;
    }
    if (!structured) {
      return invalid("structured replies were not negotiated");
    }
    String name =
        data.readableBytes() < Integer.BYTES ? null : Replies.string(data, data.readInt());
    if (name == null || data.readableBytes() < Integer.BYTES) {
      return invalid("no export name");
    }
    long count = data.readUnsignedInt();
    boolean matches = count == 0 && !set;
    for (long i = 0; i < count; i++) {
      String query =
          data.readableBytes() < Integer.BYTES ? null : Replies.string(data, data.readInt());
      if (query == null || query.indexOf(':') < 0) {
        return invalid("a query is NAMESPACE:NAME");
      }
      matches |= query.equals(Nbd.CONTEXT_ALLOCATION) || (!set && query.equals("base:"));
    }
    if (data.isReadable()) {
      return invalid("more data than queries");
    }
    boolean found = matches;
    return source
        .find(name)
        .thenApply(view -> contexts(set, found, name))
        .exceptionally(Options::failed);
  }

  private Answer contexts(boolean set, boolean found, String name) {
    if (!found) {
      return Answer.of(Next.HAGGLE, ack());
    }
    if (set) {
      contextExport = name;
    }
    byte[] text = Nbd.CONTEXT_ALLOCATION.getBytes(StandardCharsets.US_ASCII);
    ByteBuf data =
        Unpooled.buffer(Integer.BYTES + text.length)
            .writeInt(set ? Nbd.CONTEXT_ALLOCATION_ID : 0)
            .writeBytes(text);
    return Answer.of(Next.HAGGLE, new Reply(Nbd.REP_META_CONTEXT, data), ack());
  }

  /** SHUTDOWN tells a client to go and come back; UNKNOWN that it asks for what is not there. */
  private static Answer failed(Throwable failure) {
    boolean unknown = Causes.isRefusal(failure, ErrorCode.NOT_FOUND, ErrorCode.INVALID_NAME);
    return Answer.error(
        unknown ? Nbd.REP_ERR_UNKNOWN : Nbd.REP_ERR_SHUTDOWN, Failures.textOf(failure));
  }

  private static CompletableFuture<Answer> invalid(String why) {
    return now(Answer.error(Nbd.REP_ERR_INVALID, why));
  }

  private static CompletableFuture<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static Reply ack() {
    return new Reply(Nbd.REP_ACK, Unpooled.EMPTY_BUFFER);
  }
}
