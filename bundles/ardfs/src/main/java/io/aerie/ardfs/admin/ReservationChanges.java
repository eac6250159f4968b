package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.OwnerRequests;
import io.aerie.ardfs.lists.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.ReservationRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.StorageViews.RegistrationView;
import io.aerie.storage.admin.StorageViews.ReservationView;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Who has reserved volumes: shows it, and clears it. */
final class ReservationChanges {
  /** Between an initiator's name and the qualifier of its sessions, SPC-4, section 7.6.4.6. */
  private static final String QUALIFIER = ",i,";

  private final RcdReplica replica;
  private final RcdAccess access;
  private final OwnerRequests owners;

  ReservationChanges(RcdReplica replica, RcdAccess access, OwnerRequests owners) {
    this.replica = replica;
    this.access = access;
    this.owners = owners;
  }

  /** By number of the volume. */
  List<ReservationView> list() {
    return replica.read(
        state -> {
          Map<Integer, NodeId> ports = ports(state);
          return state.reservations().values().stream()
              .filter(record -> record.state().kept())
              .map(record -> view(state, state.volumes().get(record.volume()), ports))
              .toList();
        });
  }

  CompletableFuture<ReservationView> one(String volume) {
    return access
        .volume(volume)
        .thenApply(found -> replica.read(state -> view(state, found, ports(state))));
  }

  private static Map<Integer, NodeId> ports(RcdState state) {
    return state.nodes().keySet().stream()
        .collect(Collectors.toMap(node -> Nexus.portOf(node.value()), node -> node, (a, b) -> a));
  }

  private static ReservationView view(
      RcdState state, VolumeRecord volume, Map<Integer, NodeId> ports) {
    ReservationRecord record = state.reservation(volume.number());
    ReservationState of = record.state();
    Set<Nexus> open =
        state.attachments().values().stream()
            .filter(attachment -> attachment.volume() == volume.number())
            .flatMap(attachment -> attachment.nexus().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    SortedMap<Nexus, Optional<Long>> registered = new TreeMap<>();
    of.keys().forEach((nexus, key) -> registered.put(nexus, Optional.of(key)));
    Optional.ofNullable(of.simple()).ifPresent(nexus -> registered.put(nexus, Optional.empty()));
    return new ReservationView(
        volume.id().toString(),
        volume.name(),
        Views.reservation(of),
        Integer.toUnsignedLong(of.generation()),
        of.persistent(),
        registered.entrySet().stream()
            .map(one -> registration(of, one.getKey(), one.getValue(), ports, open))
            .toList(),
        record.revision());
  }

  private static RegistrationView registration(
      ReservationState of,
      Nexus nexus,
      Optional<Long> key,
      Map<Integer, NodeId> ports,
      Set<Nexus> open) {
    String port = nexus.initiator();
    int end = port.lastIndexOf(QUALIFIER);
    return new RegistrationView(
        end < 0 ? port : port.substring(0, end),
        end < 0 ? Optional.empty() : Optional.of(port.substring(end + QUALIFIER.length())),
        Optional.ofNullable(ports.get(nexus.port())),
        nexus.port(),
        key.map(number -> String.format("0x%016x", number)),
        key.isEmpty() || of.holds(nexus),
        open.contains(nexus));
  }

  /**
   * The command names the revision that was seen, also when it is sent twice because its answer was
   * lost: who registers meanwhile is not hit.
   */
  CompletableFuture<ReservationView> clear(
      String volume, boolean force, OptionalLong expectedRevision, boolean dryRun) {
    return access
        .volume(volume)
        .thenCompose(
            found -> {
              ReservationView seen = replica.read(state -> view(state, found, ports(state)));
              if (seen.registrations().isEmpty()) {
                throw nobody(found);
              }
              RcdAccess.requireRevision(
                  "Who is registered with volume '" + found.name() + "'",
                  seen.revision(),
                  expectedRevision);
              ClearReservation command = new ClearReservation(found.id(), force, seen.revision());
              return dryRun
                  ? CompletableFuture.completedFuture(
                      access.tried(command, (storage, answer) -> seen))
                  : owners.clearReservation(command).thenApply(done -> seen);
            });
  }

  private static AerieException nobody(VolumeRecord volume) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "Nobody is registered with volume '" + volume.name() + "'",
        "It is not reserved either.",
        "");
  }
}
