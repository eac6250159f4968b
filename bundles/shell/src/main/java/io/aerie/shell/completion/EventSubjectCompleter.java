package io.aerie.shell.completion;

import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.face.Subsystems;
import io.aerie.face.events.EventAccess;
import io.aerie.storage.admin.StorageAdministration;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Kinds of events, and {@code KIND/NAME} of what there is. */
@Service
public final class EventSubjectCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    Stream<String> stored =
        subsystems.find(StorageAdministration.class).stream()
            .flatMap(EventSubjectCompleter::objects);
    Stream<String> members =
        subsystems.find(Membership.class).stream()
            .flatMap(membership -> membership.members().stream())
            .map(member -> "members/" + member.member().id());
    Stream<String> documents =
        subsystems.find(ConfigStore.class).stream()
            .flatMap(config -> config.listLocal("").stream())
            .map(document -> "config/" + document.path());
    return Stream.of(EventAccess.kinds().stream(), stored, members, documents)
        .flatMap(words -> words);
  }

  private static Stream<String> objects(StorageAdministration storage) {
    return Stream.of(
            storage.volumes().stream().map(volume -> "volumes/" + volume.name()),
            storage.snapshots().stream().map(snapshot -> "snapshots/" + snapshot.id()),
            storage.scrubs().stream().map(scrub -> "scrubs/" + scrub.id()),
            storage.pools().stream().map(pool -> "pools/" + pool.name()),
            storage.nodes().stream().map(node -> "nodes/" + node.id()),
            storage.disks().stream().map(disk -> "disks/" + disk.id()))
        .flatMap(words -> words);
  }
}
