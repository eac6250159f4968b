package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.sim.SimulatedNode;
import org.junit.jupiter.api.Test;

/** What clients may count on under one owner: once, in order, and visible from the answer on. */
class ClientsOrderTest {
  @Test
  void shouldShowAWriteFromItsAnswerOn() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          Client client = volume.client(scenario.cluster().others(volume.owner()).get(0));
          for (int value = 1; value < 6; value++) {
            client.write(0, value).await();
            assertThat(client.read(0).await()).isEqualTo(value);
          }
        });
  }

  /** A member is asked for its base until it answers, and is waited for. */
  @Test
  void shouldServeWhenABaseThatGotLostWasRepeated() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          scenario.drop(messages(BaseRequest.class).to(third));
          Operation write = volume.client(owner).write(0, 1);
          scenario.run(700);
          assertThat(write.over()).isFalse();
          scenario.release();
          assertThat(write.await()).isEqualTo(1);
        });
  }

  /** A request that arrives twice, the second time after another client's write. */
  @Test
  void shouldDoARequestOnceThatArrivesTwice() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode outside = scenario.cluster().others(owner).get(0);
          Client first = volume.client(outside);
          Client second = volume.client(owner);
          scenario.copy(messages(ClientRequest.class).from(outside));
          first.write(0, 1).await();
          second.write(0, 2).await();
          scenario.release();
          scenario.run(500);
          assertThat(second.read(0).await()).isEqualTo(2);
        });
  }

  /** Each is made of a page that is read, changed and written. */
  @Test
  void shouldKeepBothOfTwoWritesToHalvesOfAPage() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          Client first = volume.client(volume.owner());
          Client second = volume.client(volume.owner());
          first.write(0, 9).await();
          for (int value = 1; value < 6; value++) {
            Operation low = first.writeBytes(0, 2048, value);
            Operation high = second.writeBytes(2048, 2048, value);
            low.await();
            high.await();
            assertThat(first.read(0).await()).isEqualTo(value);
          }
        });
  }
}
