package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.SimulatedNode;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationType;
import java.util.ArrayList;
import java.util.List;

/** An initiator's way to a volume, with a key of its own. */
final class Initiator implements ReservationListener {
  final List<Attention> told = new ArrayList<>();
  private final Volume volume;
  private final SimulatedNode node;
  private final Nexus nexus;
  private final long key;
  private Client client;
  private int aborts;

  Initiator(Volume volume, SimulatedNode node, String name, int port, long key) {
    this.volume = volume;
    this.node = node;
    this.nexus = new Nexus(name, port);
    this.key = key;
    client = volume.initiator(node, nexus, this);
  }

  @Override
  public void attention(Attention what) {
    told.add(what);
  }

  @Override
  public void aborted() {
    aborts++;
  }

  /** How often its tasks were aborted by another. */
  int aborts() {
    return aborts;
  }

  Client client() {
    return client;
  }

  /** Attaches once more, as after having been aborted. */
  void attachAgain() {
    client = volume.initiator(node, nexus, this);
  }

  long key() {
    return key;
  }

  void register() {
    done(request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key, null));
  }

  /** Begins to reserve. */
  Operation reserve(ReservationType type) {
    return client.reserve(request(Action.RESERVE, key, 0, type));
  }

  void release(ReservationType type) {
    done(request(Action.RELEASE, key, 0, type));
  }

  /** Begins to preempt, and perhaps abort, all with another's key. */
  Operation preempt(Action how, Initiator whom, ReservationType type) {
    return client.reserve(request(how, key, whom.key, type));
  }

  private ReservationRequest request(Action action, long of, long newKey, ReservationType type) {
    return new ReservationRequest(action, nexus, of, newKey, type, false);
  }

  private void done(ReservationRequest request) {
    assertDone(client.reserve(request));
  }

  static void assertDone(Operation operation) {
    assertThat(Verdict.values()[(int) operation.await()]).isEqualTo(Verdict.DONE);
  }

  static void assertConflict(Operation operation) {
    assertThat(Verdict.values()[(int) operation.await()]).isEqualTo(Verdict.CONFLICT);
  }
}
