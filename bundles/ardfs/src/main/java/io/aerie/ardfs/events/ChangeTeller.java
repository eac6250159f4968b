package io.aerie.ardfs.events;

import io.aerie.ardfs.lists.GroupClass;
import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.lists.Touched;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import io.aerie.event.Event;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Tells the events of one command: the objects that it touched, as they were and as they are. A
 * function of the state and the command alone, so that every node tells the same in the same order.
 */
final class ChangeTeller {
  static final String NODES = "nodes";
  static final String DISKS = "disks";
  static final String POOLS = "pools";
  static final String VOLUMES = "volumes";
  static final String SNAPSHOTS = "snapshots";
  static final String JOBS = "jobs";
  static final String SCRUBS = "scrubs";
  static final Set<String> KINDS = Set.of(NODES, DISKS, POOLS, VOLUMES, SNAPSHOTS, JOBS, SCRUBS);

  private final ObservedStorage storage;

  ChangeTeller(RcdState state) {
    storage = new ObservedStorage(state);
  }

  List<Event> apply(List<RcdChange> changes) {
    Touched touched = new Touched();
    changes.forEach(change -> storage.touch(change, touched));
    Map<GroupClass, String> healthBefore = new HashMap<>();
    touched.classes.forEach(each -> healthBefore.put(each, storage.state(each)));
    Map<String, Map<Object, Record>> before = look(touched);
    changes.forEach(storage::apply);
    healthBefore.forEach((each, state) -> addVolumes(each, state, touched, before));
    return tell(before, look(touched));
  }

  /** Another health is a change of every volume on those groups; only then all of them are told. */
  private void addVolumes(
      GroupClass groupClass,
      String stateBefore,
      Touched touched,
      Map<String, Map<Object, Record>> before) {
    if (stateBefore.equals(storage.state(groupClass))) {
      return;
    }
    for (long number : storage.volumesOf(groupClass)) {
      Optional<VolumeView> volume = storage.volume(number);
      if (volume.isPresent() && touched.volumes.add(number)) {
        before.get(VOLUMES).put(volume.get().id(), storage.volume(number, stateBefore));
      }
    }
  }

  private Map<String, Map<Object, Record>> look(Touched touched) {
    Map<String, Map<Object, Record>> views = new LinkedHashMap<>();
    for (String kind : List.of(NODES, DISKS, POOLS, VOLUMES, SNAPSHOTS, JOBS, SCRUBS)) {
      views.put(kind, new TreeMap<>());
    }
    for (NodeId id : touched.nodes) {
      put(views, NODES, id, storage.node(id));
    }
    for (UUID id : touched.disks) {
      put(views, DISKS, id, storage.disk(id));
    }
    for (long number : touched.pools) {
      put(views, POOLS, number, storage.pool(number));
    }
    for (long number : touched.volumes) {
      // by id: with another protection it is another number
      storage.volume(number).ifPresent(volume -> views.get(VOLUMES).put(volume.id(), volume));
    }
    for (long number : touched.snapshots) {
      put(views, SNAPSHOTS, number, storage.snapshot(number));
    }
    for (long number : touched.scrubs) {
      put(views, SCRUBS, number, storage.scrub(number));
    }
    for (UUID disk : touched.jobs) {
      // a disk's next job is another object, which takes the place of the former in lists
      storage.job(disk).ifPresent(job -> views.get(JOBS).put(Long.parseLong(job.id()), job));
    }
    return views;
  }

  private static void put(
      Map<String, Map<Object, Record>> views,
      String kind,
      Object key,
      Optional<? extends Record> view) {
    view.ifPresent(present -> views.get(kind).put(key, present));
  }

  private static List<Event> tell(
      Map<String, Map<Object, Record>> before, Map<String, Map<Object, Record>> after) {
    List<Event> events = new ArrayList<>();
    before.forEach(
        (kind, then) -> {
          Map<Object, Record> now = after.get(kind);
          Set<Object> keys = new TreeSet<>(then.keySet());
          keys.addAll(now.keySet());
          for (Object key : keys) {
            tell(kind, then.get(key), now.get(key)).ifPresent(events::add);
          }
        });
    return events;
  }

  private static Optional<Event> tell(String kind, Record then, Record now) {
    if (then != null && then.equals(now)) {
      return Optional.empty();
    }
    Map<String, Object> before = then == null ? null : RecordFields.of(then);
    Map<String, Object> after = now == null ? null : RecordFields.of(now);
    Map<String, Object> named = after == null ? before : after;
    return Event.between(
        kind, named.get("id").toString(), named.get("name").toString(), before, after);
  }
}
