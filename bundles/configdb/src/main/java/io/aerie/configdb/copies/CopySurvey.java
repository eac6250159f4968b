package io.aerie.configdb.copies;

import io.aerie.base.Causes;
import io.aerie.base.NodeId;
import io.aerie.config.copies.CopyDisks.Copy;
import io.aerie.config.copies.CopyDisks.Disk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** All copies in the cluster. */
final class CopySurvey {
  private final NodeId self;
  private final CopyPeers peers;
  private final Supplier<Collection<NodeId>> others;

  /**
   * @param others all known members but this one, up or not
   */
  CopySurvey(NodeId self, CopyPeers peers, Supplier<Collection<NodeId>> others) {
    this.self = self;
    this.peers = peers;
    this.others = others;
  }

  /** A copy and where it is. */
  record Place(NodeId node, Disk disk, Copy copy) {}

  /**
   * What is known.
   *
   * @param places the newest copy first
   * @param missing nodes and disks that could not be asked, and why
   */
  record Result(List<Place> places, List<String> missing) {
    /** The highest order of a lineage that has a copy; 0 for none. */
    long orderMax() {
      return places.stream().mapToLong(place -> place.copy().label().order()).max().orElse(0);
    }
  }

  CompletableFuture<Result> look() {
    List<Place> places = new ArrayList<>();
    Set<String> missing = new TreeSet<>();
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    asked.add(collect(self, peers.own(), places, missing));
    for (NodeId node : others.get()) {
      asked.add(collect(node, peers.list(node), places, missing));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              places.sort(
                  Comparator.comparingLong((Place place) -> place.copy().label().order())
                      .thenComparingLong(place -> place.copy().label().revision())
                      // of the same, this node's: nothing has to be sent
                      .thenComparing(place -> place.node().equals(self))
                      .reversed());
              return new Result(List.copyOf(places), List.copyOf(missing));
            });
  }

  private static CompletableFuture<Void> collect(
      NodeId node,
      CompletableFuture<List<DiskCopies>> answer,
      List<Place> places,
      Set<String> missing) {
    return answer.handle(
        (disks, failure) -> {
          synchronized (places) {
            if (failure != null) {
              missing.add("node " + node + ": " + Causes.of(failure).getMessage());
              return null;
            }
            for (DiskCopies disk : disks) {
              disk.copies().forEach(copy -> places.add(new Place(node, disk.disk(), copy)));
            }
            missing.addAll(
                disks.stream()
                    .filter(disk -> !disk.disk().serves())
                    .map(disk -> "disk " + disk.disk().path() + " of node " + node + ": is down")
                    .collect(Collectors.toList()));
          }
          return null;
        });
  }

  CompletableFuture<byte[]> read(Place place) {
    return place.node().equals(self)
        ? peers.readOwn(place.disk().disk(), place.copy().number())
        : peers.read(place.node(), place.disk().disk(), place.copy());
  }
}
