package io.aerie.configdb.state;

import io.aerie.cluster.log.StateMachine;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * ConfigDB's state: documents by path, the global revision, and the answers of recent transactions
 * (so that one that is sent again is carried out once). Every committed transaction makes one new
 * revision, also one without effect.
 *
 * <p>The provider writes from one thread; this node's reads come from any, hence the lock. The
 * events' history is for this node's watches only: it is no part of the snapshot, and after one was
 * read watchers list anew.
 *
 * <pre>
 *  snapshot: i32 magic "ACFG" | u16 format = 1 | i64 revision
 *   i32 documents | { utf path | utf type | i64 createRevision | i64 revision | text json } ... by path
 *   i32 recent    | { i64 id high | i64 id low | answer } ... oldest first
 *   i32 end "GFCA"
 * </pre>
 */
public final class ConfigStateMachine implements StateMachine {
  private static final int MAGIC = 0x41434647;
  private static final int END = 0x47464341;
  private static final int SNAPSHOT_FORMAT = 1;
  private static final byte[] REVISION_QUERY = {1};

  private final Object lock = new Object();
  private final History history;
  private NavigableMap<String, Document> documents = new TreeMap<>();
  private Map<UUID, Answer> recent = new LinkedHashMap<>();
  private long revision;
  private long bytes;
  private Runnable listener = () -> {};

  public ConfigStateMachine() {
    this(Limits.HISTORY_EVENTS_MAX, Limits.HISTORY_CHARACTERS_MAX);
  }

  ConfigStateMachine(int historyEventsMax, long historyCharactersMax) {
    history = new History(historyEventsMax, historyCharactersMax);
  }

  /** Called after every change of the state, in the provider's thread: must not block. */
  public void onChange(Runnable newListener) {
    synchronized (lock) {
      listener = newListener;
    }
  }

  /** The query whose answer is {@link Answer.Committed} with the revision. */
  public static byte[] revisionQuery() {
    return REVISION_QUERY.clone();
  }

  @Override
  public byte[] apply(long index, byte[] bytes) {
    List<Command> commands;
    try {
      commands = CommandBatch.decode(bytes);
    } catch (IOException | RuntimeException e) {
      // every replica of this release refuses the same bytes alike, so they stay equal
      return new Answer.Refused("not a command of this release: " + e.getMessage()).encode();
    }
    List<Answer> answers = new ArrayList<>(commands.size());
    boolean isNew = false;
    Runnable toCall;
    synchronized (lock) {
      for (Command command : commands) {
        Answer answer = recent.get(command.id());
        if (answer == null) {
          answer = carryOut(command);
          remember(command.id(), answer);
          isNew = true;
        }
        answers.add(answer);
      }
      toCall = listener;
    }
    if (isNew) {
      toCall.run();
    }
    return CommandBatch.encodeAnswers(answers);
  }

  private Answer carryOut(Command command) {
    Optional<Answer.ConditionFailed> failed = violated(command.transaction().conditions());
    if (failed.isPresent()) {
      return failed.get();
    }
    revision++;
    for (Change change : command.transaction().changes()) {
      if (change instanceof Change.Put put) {
        put(put);
      } else {
        delete(change.path());
      }
    }
    return new Answer.Committed(revision);
  }

  private void delete(String path) {
    Document former = documents.remove(path);
    if (former != null) {
      bytes -= size(former.path(), former.type(), former.json());
      history.add(new ConfigEvent.Deleted(path, revision));
    }
  }

  /** The first condition that does not hold on this replica. */
  public Optional<Answer.ConditionFailed> violated(List<Condition> conditions) {
    synchronized (lock) {
      for (Condition condition : conditions) {
        Document document = documents.get(condition.path());
        long actual = document == null ? 0 : document.revision();
        if (actual != condition.revision()) {
          return Optional.of(
              new Answer.ConditionFailed(condition.path(), condition.revision(), actual));
        }
      }
      return Optional.empty();
    }
  }

  private void put(Change.Put put) {
    Document former = documents.get(put.path());
    long created = former == null ? revision : former.createRevision();
    Document document = new Document(put.path(), put.type(), put.json(), created, revision);
    documents.put(put.path(), document);
    bytes += size(put.path(), put.type(), put.json());
    if (former != null) {
      bytes -= size(former.path(), former.type(), former.json());
    }
    history.add(new ConfigEvent.Written(document));
  }

  private void remember(UUID id, Answer answer) {
    recent.put(id, answer);
    if (recent.size() > Limits.RECENT_TRANSACTIONS_MAX) {
      recent.remove(recent.keySet().iterator().next());
    }
  }

  @Override
  public byte[] query(byte[] query) {
    if (query.length != 1 || query[0] != REVISION_QUERY[0]) {
      return new Answer.Refused("not a query of this release").encode();
    }
    return new Answer.Committed(revision()).encode();
  }

  /** The revision of this replica. */
  public long revision() {
    synchronized (lock) {
      return revision;
    }
  }

  /** This replica's document at a path. */
  public Optional<Document> get(String path) {
    synchronized (lock) {
      return Optional.ofNullable(documents.get(path));
    }
  }

  /** This replica's documents at or below a prefix, by path. */
  public List<Document> list(String prefix) {
    synchronized (lock) {
      if (prefix.isEmpty()) {
        return List.copyOf(documents.values());
      }
      // '0' follows '/': everything below a prefix lies between the two
      Stream<Document> below = documents.subMap(prefix + "/", prefix + "0").values().stream();
      return Stream.concat(Stream.ofNullable(documents.get(prefix)), below).toList();
    }
  }

  /** All documents of this replica, and the revision that they are of. */
  public Contents contents() {
    synchronized (lock) {
      return new Contents(revision, List.copyOf(documents.values()));
    }
  }

  /**
   * The whole database at one revision.
   *
   * @param documents by path
   */
  public record Contents(long revision, List<Document> documents) {}

  /** Bytes of all documents, as {@link Limits#DATABASE_BYTES_MAX} counts them. */
  public long bytes() {
    synchronized (lock) {
      return bytes;
    }
  }

  /** The same after changes that are not carried out here. */
  public long bytesAfter(List<Change> changes) {
    Map<String, Long> sizes = new HashMap<>();
    for (Change change : changes) {
      sizes.put(
          change.path(),
          change instanceof Change.Put put ? size(put.path(), put.type(), put.json()) : 0L);
    }
    synchronized (lock) {
      long after = bytes;
      for (Map.Entry<String, Long> entry : sizes.entrySet()) {
        Document former = documents.get(entry.getKey());
        after += entry.getValue();
        after -= former == null ? 0 : size(former.path(), former.type(), former.json());
      }
      return after;
    }
  }

  private static long size(String path, String type, String json) {
    return (long) path.length() + type.length() + Text.bytes(json);
  }

  /** The place in history behind the last event. */
  public long historyEnd() {
    synchronized (lock) {
      return history.next();
    }
  }

  /** The place in history of the first event after a revision; empty when it is gone. */
  public OptionalLong historyPlace(long afterRevision) {
    synchronized (lock) {
      long place = history.placeAfter(afterRevision);
      return place < 0 ? OptionalLong.empty() : OptionalLong.of(place);
    }
  }

  /** What a watcher at a place has before it: so many events, and the rest of the last revision. */
  public HistoryPart readHistory(long place, int min) {
    synchronized (lock) {
      List<ConfigEvent> events = history.read(place, min);
      return events == null
          ? new HistoryPart(List.of(), history.next(), true, revision)
          : new HistoryPart(events, place + events.size(), false, revision);
    }
  }

  /**
   * A part of history.
   *
   * @param events in order, whole revisions
   * @param nextPlace where to read on
   * @param missed events are gone: the watcher must list anew as of the revision
   * @param revision of the state when it was read
   */
  public record HistoryPart(
      List<ConfigEvent> events, long nextPlace, boolean missed, long revision) {}

  @Override
  public void writeSnapshot(DataOutput out) throws IOException {
    synchronized (lock) {
      out.writeInt(MAGIC);
      out.writeShort(SNAPSHOT_FORMAT);
      out.writeLong(revision);
      out.writeInt(documents.size());
      for (Document document : documents.values()) {
        out.writeUTF(document.path());
        out.writeUTF(document.type());
        out.writeLong(document.createRevision());
        out.writeLong(document.revision());
        Text.write(out, document.json());
      }
      out.writeInt(recent.size());
      for (Map.Entry<UUID, Answer> entry : recent.entrySet()) {
        out.writeLong(entry.getKey().getMostSignificantBits());
        out.writeLong(entry.getKey().getLeastSignificantBits());
        entry.getValue().write(out);
      }
      out.writeInt(END);
    }
  }

  @Override
  public void readSnapshot(long index, DataInput in) throws IOException {
    readAfterMagic(in.readInt(), in);
  }

  /** The same when its magic was read already. */
  void readAfterMagic(int magic, DataInput in) throws IOException {
    expect(magic == MAGIC, "not a snapshot of ConfigDB");
    int format = in.readUnsignedShort();
    expect(format == SNAPSHOT_FORMAT, "ConfigDB's snapshot has the unknown format " + format);
    long newRevision = in.readLong();
    NavigableMap<String, Document> newDocuments = new TreeMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      Document document = readDocument(in);
      newDocuments.put(document.path(), document);
    }
    Map<UUID, Answer> newRecent = new LinkedHashMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      newRecent.put(new UUID(in.readLong(), in.readLong()), Answer.read(in));
    }
    expect(in.readInt() == END, "ConfigDB's snapshot is damaged at its end");
    Runnable toCall;
    synchronized (lock) {
      // only now: a damaged snapshot leaves the state as it was
      documents = newDocuments;
      bytes =
          newDocuments.values().stream()
              .mapToLong(document -> size(document.path(), document.type(), document.json()))
              .sum();
      recent = newRecent;
      revision = newRevision;
      history.reset(newRevision);
      toCall = listener;
    }
    toCall.run();
  }

  private static Document readDocument(DataInput in) throws IOException {
    String path = in.readUTF();
    String type = in.readUTF();
    long createRevision = in.readLong();
    long documentRevision = in.readLong();
    String json = Text.read(in, Limits.DOCUMENT_BYTES_MAX);
    return new Document(path, type, json, createRevision, documentRevision);
  }

  private static void expect(boolean condition, String text) throws IOException {
    if (!condition) {
      throw new IOException(text);
    }
  }
}
