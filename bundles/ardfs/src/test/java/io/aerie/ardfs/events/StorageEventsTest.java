package io.aerie.ardfs.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.ardfs.admin.ClusterStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.StateMachine;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.FailureDomain;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.event.Event;
import io.aerie.event.Event.What;
import io.aerie.event.EventSource;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Goal: who follows the events knows what the lists show, exactly, after any history; and both show
 * what counting all records anew would. Method: random commands on a replica; after each, a mirror
 * that knows nothing but the events is compared with the lists, and these with the {@link Recount}.
 */
class StorageEventsTest {
  private static final long GIB = 1L << 30;
  private static final int NODES = 5;

  /** It never gets a disk, so it may leave at any time. */
  private static final NodeId WITHOUT_DISKS = new NodeId("n5");

  private final RcdReplica replica = new RcdReplica();
  private final StateMachine machine = replica.machine();
  private final ClusterStorage lists =
      new ClusterStorage(replica, null, null, Optional::empty, this::usedBytes, Map::of, null);
  private long index;

  /** Kinds of commands that were not refused. */
  private final Set<Class<?>> accepted = new HashSet<>();

  /** What one knows who has only the events. */
  private static final class Mirror implements EventSource.Sink {
    final Map<String, Map<String, Object>> objects = new TreeMap<>();
    final List<String> told = new ArrayList<>();
    long revision = -1;
    int begun;

    @Override
    public void begin(long newRevision) {
      begun++;
      revision = newRevision;
    }

    @Override
    public void applied(long newRevision, List<Event> events) {
      assertThat(newRevision).isGreaterThan(revision);
      revision = newRevision;
      for (Event event : events) {
        told.add(newRevision + " " + event);
        apply(event);
      }
    }

    private void apply(Event event) {
      String key = event.kind() + "/" + event.id();
      assertThat(objects.containsKey(key)).as(key).isEqualTo(event.what() != What.CREATED);
      if (event.what() == What.DELETED) {
        objects.remove(key);
        return;
      }
      assertThat(event.fields()).as("an event that tells nothing").isNotEmpty();
      Map<String, Object> object = objects.computeIfAbsent(key, none -> new TreeMap<>());
      event
          .fields()
          .forEach(
              (name, value) -> {
                assertThat(object.get(name)).as(key + " " + name).isNotEqualTo(value);
                object.put(name, patched(object.get(name), value));
              });
      object.values().removeIf(value -> value == null);
      assertThat(object).containsEntry("name", event.name());
    }
  }

  /** Each disk uses something else. */
  private Map<UUID, Long> usedBytes() {
    return replica.read(
        state ->
            state.disks().keySet().stream()
                .collect(
                    Collectors.toMap(id -> id, id -> id.getMostSignificantBits() & (GIB - 1))));
  }

  private void assertListsAreRecounted(String when) {
    Recount recount = new Recount(replica.read(RcdState::copy));
    assertThat(lists.nodes()).as(when).isEqualTo(recount.nodes());
    assertThat(lists.pools()).as(when).isEqualTo(recount.pools(usedBytes()));
    assertThat(lists.volumes()).as(when).isEqualTo(recount.volumes());
    assertThat(lists.snapshots()).as(when).isEqualTo(recount.snapshots());
    assertThat(lists.scrubs()).as(when).isEqualTo(recount.scrubs());
    for (VolumeView volume : recount.volumes()) {
      for (String nameOrId : List.of(volume.name(), volume.id())) {
        Optional<VolumeView> found = replica.list(storage -> storage.volume(nameOrId));
        assertThat(found).as(when).contains(volume);
      }
    }
  }

  private Map<String, Map<String, Object>> listed() {
    Map<String, Map<String, Object>> objects = new TreeMap<>();
    lists.nodes().forEach(view -> put(objects, "nodes", view));
    lists.disks().forEach(view -> put(objects, "disks", view));
    lists.pools().forEach(view -> put(objects, "pools", view));
    lists.volumes().forEach(view -> put(objects, "volumes", view));
    lists.snapshots().forEach(view -> put(objects, "snapshots", view));
    lists.jobs().forEach(view -> put(objects, "jobs", view));
    lists.scrubs().forEach(view -> put(objects, "scrubs", view));
    return objects;
  }

  private static void put(Map<String, Map<String, Object>> objects, String kind, Record view) {
    Map<String, Object> fields = RecordFields.of(view);
    fields.values().removeIf(value -> value == null);
    objects.put(kind + "/" + fields.get("id"), fields);
  }

  private RcdAnswer apply(RcdCommand command) {
    // the log has entries of its own between commands
    index += 2;
    RcdAnswer answer = RcdAnswer.decode(machine.apply(index, RcdCommands.encode(command)));
    if (answer.error().isEmpty()) {
      accepted.add(command.getClass());
    }
    return answer;
  }

  /** RFC 7396: objects are merged member by member, all else is replaced. */
  private static Object patched(Object before, Object patch) {
    if (!(before instanceof Map<?, ?> members) || !(patch instanceof Map<?, ?> changes)) {
      return patch;
    }
    Map<Object, Object> after = new TreeMap<>(members);
    after.putAll(changes);
    after.values().removeIf(value -> value == null);
    return after;
  }

  private Mirror follow() {
    Mirror mirror = new Mirror();
    mirror.objects.putAll(listed());
    new StorageEvents(replica, "c1", Runnable::run).follow(mirror);
    return mirror;
  }

  private long suspicion(NodeId node) {
    return replica.read(s -> s.node(node).map(NodeRecord::suspicion).orElse(0L));
  }

  /** Something that may happen, sensible or not. */
  private RcdCommand next(Random random) {
    NodeId node = new NodeId("n" + (1 + random.nextInt(NODES)));
    long incarnation = replica.read(s -> s.lastIncarnation(node));
    List<UUID> disks = replica.read(s -> List.copyOf(s.disks().keySet()));
    List<UUID> volumes =
        replica.read(s -> s.volumes().values().stream().map(each -> each.id()).toList());
    String pool = random.nextInt(4) == 0 ? "other" : "default";
    return switch (random.nextInt(27)) {
      case 0, 1 ->
          new RcdCommand.JoinNode(
              node, "127.0.0.1:1", incarnation + 1, new UUID(random.nextLong(), 1));
      case 2 -> new RcdCommand.Suspect(node, incarnation);
      case 3 ->
          switch (random.nextInt(4)) {
            case 0 -> new RcdCommand.Trust(node, incarnation, suspicion(node));
            case 1 -> departure(node, incarnation);
            default -> new RcdCommand.LeaveNode(node, incarnation);
          };
      case 4, 5 ->
          disks.size() < 2 * NODES && !node.equals(WITHOUT_DISKS)
              ? new RcdCommand.AddDisk(
                  new UUID(random.nextLong(), 2),
                  node,
                  incarnation,
                  "/dev/d" + random.nextInt(100),
                  100 * GIB,
                  1,
                  pool)
              : bring(random, disks);
      case 6 -> new RcdCommand.CreatePool(new UUID(random.nextLong(), 3), pool);
      case 7, 8 ->
          new RcdCommand.CreateVolume(
              new UUID(random.nextLong(), 4),
              "v" + random.nextInt(30),
              GIB,
              pool,
              random.nextInt(3) == 0
                  ? Redundancy.erasure(2, 1 + random.nextInt(2))
                  : Redundancy.copies(2 + random.nextInt(2)),
              random.nextLong());
      case 9 ->
          volumes.isEmpty()
              ? new RcdCommand.Detach(1)
              : new RcdCommand.DeleteVolume(volumes.get(random.nextInt(volumes.size())), -1);
      case 10, 11, 12, 13 -> replica.read(s -> LayerHistory.next(s, random));
      case 14 -> duty(random, disks);
      case 15, 16 -> replica.read(s -> ScrubHistory.next(s, random));
      case 17, 18 -> topology(node, disks, random);
      case 19, 20, 21, 22 -> replica.read(s -> ReservationHistory.next(s, random));
      case 23, 24, 25 -> replica.read(s -> MemberHistory.next(s, random));
      default -> resynchronised(random);
    };
  }

  private RcdCommand departure(NodeId node, long incarnation) {
    Optional<NodeRecord> leaving = replica.read(s -> s.node(node).filter(NodeRecord::leaving));
    if (leaving.isEmpty()) {
      return new RcdCommand.RetireNode(node, incarnation);
    }
    return leaving.get().votes()
        ? new RcdCommand.EndVote(node, incarnation)
        : new RcdCommand.ForgetNode(node, incarnation);
  }

  private static RcdCommand duty(Random random, List<UUID> disks) {
    DiskDuty[] duties = DiskDuty.values();
    return disks.isEmpty()
        ? new RcdCommand.Detach(1)
        : new RcdCommand.AssignDuty(
            List.of(disks.get(random.nextInt(disks.size()))),
            duties[random.nextInt(duties.length)]);
  }

  private RcdCommand topology(NodeId node, List<UUID> disks, Random random) {
    List<UUID> pools = replica.read(s -> s.pools().values().stream().map(p -> p.id()).toList());
    int what = random.nextInt(3);
    if (what == 0 && !pools.isEmpty()) {
      FailureDomain[] levels = FailureDomain.values();
      return new RcdCommand.SpreadPool(
          pools.get(random.nextInt(pools.size())), levels[random.nextInt(levels.length)]);
    }
    if (what == 1 && !disks.isEmpty()) {
      return new RcdCommand.MeasureDisk(
          disks.get(random.nextInt(disks.size())), 50 + random.nextInt(100));
    }
    return new RcdCommand.LocateNode(
        node,
        random.nextBoolean() ? "" : "r" + random.nextInt(3),
        random.nextBoolean() ? "" : "s" + random.nextInt(2));
  }

  private RcdCommand bring(Random random, List<UUID> disks) {
    if (disks.isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    UUID disk = disks.get(random.nextInt(disks.size()));
    return replica.read(
        s -> {
          var record = s.disk(disk).orElseThrow();
          long incarnation = s.lastIncarnation(record.node());
          return new RcdCommand.BringDisk(
              disk,
              record.node(),
              incarnation,
              record.path(),
              record.capacityBytes(),
              record.generation() + 1);
        });
  }

  private RcdCommand resynchronised(Random random) {
    return replica.read(
        s -> {
          for (var group : s.groups().values()) {
            for (UUID disk : group.rebuilding()) {
              for (var volume : s.volumes().values()) {
                if (s.pending(group.number(), disk, volume.number())) {
                  return new RcdCommand.ResynchronisationDone(
                      volume.number(),
                      volume.epoch(),
                      group.number(),
                      group.epoch(),
                      disk,
                      random.nextInt(1000));
                }
              }
            }
          }
          return new RcdCommand.Detach(1);
        });
  }

  @Test
  void shouldTellExactlyWhatTheListsShow() throws Exception {
    List<String> told = new ArrayList<>();
    Set<Class<?>> commands = new HashSet<>();
    for (long seed = 1; seed <= 5; seed++) {
      // each history has storage of its own
      StorageEventsTest history = new StorageEventsTest();
      told.addAll(history.tellExactlyWhatTheListsShow(seed));
      commands.addAll(history.accepted);
    }
    assertThat(commands)
        .as("what members go through")
        .contains(
            RcdCommand.DiskFailed.class,
            RcdCommand.Expire.class,
            RcdCommand.GoOnAlone.class,
            RcdCommand.RebalancePool.class,
            RcdCommand.ResynchronisationDone.class,
            RcdCommand.GroupEmptied.class);
    for (String seen :
        List.of(
            "kind=jobs",
            "state=ready",
            "cloneCount=1",
            "foldingLayers=1",
            "state=cancelled",
            "rack=r1",
            "state=leaving",
            "failureDomain=rack",
            "speedPercent=",
            "limits={readOperationsPerSecond=",
            "protection=ec2+1",
            "kind=rebalancing",
            "rebalance=manual",
            "reservation=reserve_6",
            "reservation=exclusive_access",
            "reservation=null")) {
      assertThat(told).as(seen).anyMatch(each -> each.contains(seen));
    }
    assertThat(told).anyMatch(each -> each.contains("kind=nodes") && each.contains("DELETED"));
  }

  private List<String> tellExactlyWhatTheListsShow(long seed) throws Exception {
    Random random = new Random(seed);
    Mirror mirror = follow();
    Mirror late = null;
    int toldBefore = 0;
    for (int step = 0; step < 800; step++) {
      RcdCommand command = next(random);
      apply(command);
      assertThat(mirror.objects)
          .as("seed %d, step %d, %s", seed, step, command)
          .isEqualTo(listed());
      assertThat(mirror.revision).isEqualTo(index);
      assertListsAreRecounted("seed " + seed + ", step " + step + ", " + command);
      if (step == 300) {
        late = follow();
        toldBefore = mirror.told.size();
      }
    }
    // a node that began from a snapshot tells the same, in the same order
    assertThat(late.told).isEqualTo(mirror.told.subList(toldBefore, mirror.told.size()));
    assertThat(mirror.told.stream().filter(each -> each.contains("frozen")).count()).isPositive();
    return mirror.told;
  }

  @Test
  void shouldBeginAnewWhenASnapshotTakesTheStatesPlace() throws Exception {
    Mirror mirror = follow();
    apply(new RcdCommand.JoinNode(new NodeId("n1"), "127.0.0.1:1", 1, UUID.randomUUID()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    machine.writeSnapshot(new DataOutputStream(bytes));
    index = 100;
    machine.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(mirror.begun).isEqualTo(2);
    assertThat(mirror.revision).isEqualTo(100);
    assertListsAreRecounted("after a snapshot");
    apply(new RcdCommand.Suspect(new NodeId("n1"), 1));
    assertThat(mirror.told.get(mirror.told.size() - 1)).startsWith("102 ").contains("suspect");
  }

  @Test
  void shouldStopWhenItIsClosed() {
    Mirror mirror = new Mirror();
    new StorageEvents(replica, "c1", Runnable::run).follow(mirror).close();
    apply(new RcdCommand.JoinNode(new NodeId("n1"), "127.0.0.1:1", 1, UUID.randomUUID()));
    assertThat(mirror.told).isEmpty();
  }

  /** One volume among thousands is told of alone; what concerns all of them, of each. */
  @Test
  void shouldTellOfOneVolumeAmongThousandsAlone() {
    for (int node = 1; node <= 3; node++) {
      NodeId id = new NodeId("n" + node);
      apply(new RcdCommand.JoinNode(id, "127.0.0.1:1", 1, UUID.randomUUID()));
      apply(
          new RcdCommand.AddDisk(UUID.randomUUID(), id, 1, "/dev/a", 100_000 * GIB, 1, "default"));
    }
    apply(new RcdCommand.CreatePool(UUID.randomUUID(), "default"));
    for (int i = 0; i < 3_000; i++) {
      create("v" + i);
    }
    Mirror mirror = follow();
    create("one");
    assertThat(mirror.told).hasSize(3);
    assertThat(mirror.told).anyMatch(each -> each.contains("kind=volumes"));
    apply(new RcdCommand.LeaveNode(new NodeId("n3"), 1));
    // the health of all 3,001 is another now, and each is told of
    assertThat(mirror.told.stream().filter(each -> each.contains("kind=volumes")).count())
        .isEqualTo(3_002);
  }

  private void create(String name) {
    apply(
        new RcdCommand.CreateVolume(
            UUID.randomUUID(), name, GIB, "default", Redundancy.copies(3), 1));
  }
}
