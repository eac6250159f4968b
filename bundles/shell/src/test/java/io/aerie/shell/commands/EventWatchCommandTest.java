package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.event.Event;
import io.aerie.event.EventNotice;
import io.aerie.event.EventSubject;
import io.aerie.event.Events;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeEvents;
import io.aerie.face.fakes.FakeSubsystems;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code event:watch} over events that happened already. */
@Timeout(60)
class EventWatchCommandTest {
  private final FakeEvents events = new FakeEvents();
  private final FakeSubsystems subsystems = new FakeSubsystems().with(Events.class, events);

  private String run(EventWatchCommand command, Role role) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        subsystems,
        new Caller("ada", role, Set.of(), Optional.empty(), "local", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Event created(String kind, String id, String name) {
    return Event.between(kind, id, name, null, Map.of("size", 1)).orElseThrow();
  }

  private void someHappened() {
    events.happened(2, created("volumes", "u1", "v1"));
    events.happened(3, created("config", "users/ada", "users/ada").keptSecret());
    events.happened(3, created("users", "ada", "ada"));
    events.happened(4, created("tokens", "t1", "mine").ownedBy("ada"));
    events.happened(5, created("tokens", "t2", "hers").ownedBy("bea"));
    events.told(new EventNotice.Resynchronise(Set.of("volumes", "pools"), "slow", "rcd.6~c1"));
    events.happened(7, Event.between("volumes", "u1", "v1", Map.of("size", 1), null).orElseThrow());
  }

  @Test
  void shouldPrintWhatTheCallerMaySee() {
    someHappened();
    EventWatchCommand watch = new EventWatchCommand();
    watch.count = 4;
    assertThat(run(watch, Role.OBSERVER))
        .isEqualTo(
            "rcd.1~c1 begun\n"
                + "rcd.2~c1 created volumes/u1 v1 {\"size\":1}\n"
                + "rcd.4~c1 created tokens/t1 mine {\"size\":1}\n"
                + "rcd.6~c1 resynchronise [\"pools\",\"volumes\"] slow\n"
                + "rcd.7~c1 deleted volumes/u1 v1\n");
    watch.count = 5;
    assertThat(run(watch, Role.ADMINISTRATOR))
        .contains("config/users/ada", "users/ada", "tokens/t1", "tokens/t2");
  }

  @Test
  void shouldPrintJson() throws Exception {
    someHappened();
    EventWatchCommand watch = new EventWatchCommand();
    watch.count = 1;
    watch.json = true;
    watch.since = "rcd.1~c1";
    watch.subjects = List.of("volumes/v1", "pools");
    String[] lines = run(watch, Role.OPERATOR).split("\n", -1);
    JsonNode event = new ObjectMapper().readTree(lines[1]);
    assertThat(event.path("event").asText()).isEqualTo("created");
    assertThat(event.path("position").asText()).isEqualTo("rcd.2~c1");
    assertThat(event.path("kind").asText()).isEqualTo("volumes");
    assertThat(event.path("revision").asLong()).isEqualTo(2);
    assertThat(event.at("/fields/size").asInt()).isEqualTo(1);
    assertThat(events.last().since()).contains("rcd.1~c1");
    assertThat(events.last().subjects())
        .containsExactlyInAnyOrder(
            new EventSubject("volumes", "v1"), new EventSubject("pools", ""));
  }

  @Test
  void shouldRefuseKindsThatAreNoneOrNotTheCallers() {
    EventWatchCommand watch = new EventWatchCommand();
    watch.subjects = List.of("volume");
    assertRefused(watch, Role.ADMINISTRATOR, ErrorCode.INVALID_VALUE);
    watch.subjects = List.of("users/ada");
    assertRefused(watch, Role.OPERATOR, ErrorCode.FORBIDDEN);
    subsystems.remove(Events.class);
    watch.subjects = List.of();
    assertRefused(watch, Role.OPERATOR, ErrorCode.UNAVAILABLE);
  }

  private void assertRefused(EventWatchCommand watch, Role role, ErrorCode code) {
    assertThatThrownBy(() -> run(watch, role))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
