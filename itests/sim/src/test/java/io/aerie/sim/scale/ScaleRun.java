package io.aerie.sim.scale;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All operations on a cluster of one size, and what they came to. */
final class ScaleRun {
  /** New owners that are looked at; one is like the other. */
  private static final int OWNERS_MAX = 3;

  private static final int FEW_TIMES = 2;

  private final Metadata metadata;
  private final Operations operations;
  private final Map<String, Double> figures = new TreeMap<>();

  /** One of the new owners, which goes on following RCD. */
  private Takeover owner;

  private ScaleRun(Size size) {
    metadata = new Metadata(size);
    operations = new Operations(metadata);
  }

  static ScaleRun of(Size size) {
    ScaleRun run = new ScaleRun(size);
    run.build();
    run.operations.daily();
    run.wholeState();
    run.death();
    run.comeBack(size.nodes() - 1);
    run.operations.drain();
    return run;
  }

  Size size() {
    return metadata.size;
  }

  Map<String, Cost> costs() {
    return metadata.costs();
  }

  Cost cost(String operation) {
    return Optional.ofNullable(metadata.costs().get(operation)).orElseThrow();
  }

  /** What isn't the cost of an operation, by what it is. */
  Map<String, Double> figures() {
    return figures;
  }

  double figure(String what) {
    return Optional.ofNullable(figures.get(what)).orElseThrow();
  }

  private void build() {
    long empty = heapBytes();
    metadata.makeNodes();
    long nodes = heapBytes();
    metadata.makeGroups();
    long groups = heapBytes();
    metadata.makeVolumes();
    long volumes = heapBytes();
    Size size = metadata.size;
    int disks = size.nodes() * Size.DISKS_PER_NODE;
    figures.put("heap bytes per disk", (double) (nodes - empty) / disks);
    figures.put(
        "heap bytes per group", (double) (groups - nodes) / metadata.state().groups().size());
    figures.put(
        "heap bytes per volume, attached, 1 in 10 with a snapshot",
        (double) (volumes - groups) / size.volumes());
    figures.put("heap MB of the whole state", (volumes - empty) / 1e6);
    figures.put("groups", (double) metadata.state().groups().size());
  }

  /** As the virtual machine has it after it was asked to look. */
  static long heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < FEW_TIMES; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** What goes through all records by its nature. */
  private void wholeState() {
    RcdState state = metadata.state();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < FEW_TIMES; i++) {
      bytes.reset();
      metadata.cost("write a snapshot of RCD").measure(() -> write(state, bytes));
      metadata.cost("read a snapshot of RCD").measure(() -> read(state, bytes));
      metadata.cost("copy the state").measure(state::copy);
    }
    figures.put("bytes of RCD's snapshot", (double) bytes.size());
    figures.put("bytes of the log of all commands", (double) metadata.logBytes());
    RcdState again = new RcdState();
    metadata
        .cost("replay the log")
        .measure(
            () -> {
              metadata.replay(command -> again.apply(again.index() + 1, command));
              return again;
            });
    figures.put("commands in the log", (double) again.index());
    if (again.index() != state.index() || !again.volumes().equals(state.volumes())) {
      throw new IllegalStateException("the log gives another state");
    }
  }

  private static ByteArrayOutputStream write(RcdState state, ByteArrayOutputStream bytes) {
    try {
      state.writeSnapshot(new DataOutputStream(bytes));
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RcdState read(RcdState of, ByteArrayOutputStream bytes) {
    try {
      RcdState state = new RcdState();
      state.readSnapshot(
          of.index(), new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A node dies; the real nodes take over what it owned. */
  private void death() {
    NodeId dead = Metadata.node(metadata.size.nodes() - 1);
    operations.suspect(dead);
    RcdState before = metadata.state().copy();
    operations.expire(dead);
    List<RcdChange> changes = metadata.lastChanges();
    Map<NodeId, Integer> granted = new TreeMap<>();
    for (RcdChange change : changes) {
      if (change instanceof RcdChange.Volume c) {
        granted.merge(c.volume().owner().orElseThrow(), 1, Integer::sum);
      }
    }
    int volumes = granted.values().stream().mapToInt(count -> count).sum();
    figures.put("dead node: volumes taken over", (double) volumes);
    figures.put("dead node: new owners", (double) granted.size());
    figures.put(
        "dead node: commands, with one for each voter of a majority",
        2.0 + metadata.cost("acknowledge a suspicion").count());
    takeOver(before, granted, changes, volumes);
  }

  private void takeOver(
      RcdState before, Map<NodeId, Integer> granted, List<RcdChange> changes, int volumes) {
    int looked = 0;
    double seals = 0;
    double bases = 0;
    for (NodeId each : granted.keySet().stream().limit(OWNERS_MAX).toList()) {
      Takeover takeover = looked == 0 ? settled(each, before) : new Takeover(each, before);
      Map<String, Integer> sent =
          metadata
              .cost("a new owner takes over")
              .measure(() -> takeover.learns(metadata.state().index(), changes));
      seals += sent.getOrDefault("Seal", 0);
      bases += sent.getOrDefault("BaseRequest", 0);
      looked += granted.get(each);
      owner = takeover;
    }
    double pairs = (double) metadata.size.nodes() * (metadata.size.nodes() - 1);
    figures.put("dead node: seals per volume", seals / looked);
    figures.put("dead node: bases per volume", bases / looked);
    figures.put("dead node: seals per pair of nodes", seals / looked * volumes / pairs);
    figures.put("dead node: bases per pair of nodes", bases / looked * volumes / pairs);
  }

  /** A node as it was before the death; what its volumes take of the heap is noted. */
  private Takeover settled(NodeId node, RcdState before) {
    long heapBefore = heapBytes();
    RcdState copy = before.copy();
    long copyBytes = heapBytes() - heapBefore;
    Takeover takeover = new Takeover(node, copy);
    figures.put(
        "heap bytes of a settled volume at its owner",
        (double) (heapBytes() - heapBefore - 2 * copyBytes) / takeover.owned());
    return takeover;
  }

  /** The dead node comes back with a disk; an owner follows that. */
  private void comeBack(int node) {
    operations.joinAgain(node);
    owner.learns(metadata.state().index(), metadata.lastChanges());
    DiskRecord disk = operations.bringDisk(node);
    metadata
        .cost("an owner learns of a stale disk")
        .measure(() -> owner.learns(metadata.state().index(), metadata.lastChanges()));
    operations.resynchronise(disk);
  }
}
