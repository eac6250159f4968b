package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.RoleNames;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.fakes.FakeTokens;
import io.aerie.rest.RestFixture.Answer;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every endpoint declares who may use it, found by looking at all registered resources and compared
 * with the description: one that is added without is named here. Then every endpoint is asked with
 * every role, and whoever may not is refused with nothing changed.
 */
class PermissionsTest {
  private static final Set<String> OPEN =
      Set.of(
          "GET /api/v1/health",
          "GET /api/v1/openapi.json",
          "POST /api/v1/cluster/members",
          "GET /api/v1/cluster/members/removed");

  private RestFixture rest;

  @BeforeEach
  void start() {
    rest = new RestFixture();
  }

  private Map<String, Permission> endpoints() {
    Map<String, Permission> found = new TreeMap<>();
    for (Object instance : RestApplication.over(rest.subsystems).getInstances()) {
      Class<?> type = instance.getClass();
      if (!type.isAnnotationPresent(Path.class)) {
        continue;
      }
      for (Method method : type.getDeclaredMethods()) {
        for (Annotation annotation : method.getAnnotations()) {
          HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
          if (http != null) {
            found.put(http.value() + " " + path(type, method), permission(type, method));
          }
        }
      }
    }
    return found;
  }

  private static String path(Class<?> type, Method method) {
    Path own = method.getAnnotation(Path.class);
    String base = type.getAnnotation(Path.class).value();
    return own == null ? base : base + "/" + own.value();
  }

  private static Permission permission(Class<?> type, Method method) {
    Requires requires = method.getAnnotation(Requires.class);
    if (requires == null) {
      requires = type.getAnnotation(Requires.class);
    }
    assertThat(requires).as(type.getSimpleName() + "." + method.getName()).isNotNull();
    return requires.value();
  }

  @Test
  void shouldDeclareARoleForEveryEndpoint() throws Exception {
    Map<String, Permission> endpoints = endpoints();
    Set<String> open = new TreeSet<>();
    endpoints.forEach(
        (name, permission) -> {
          if (permission == Permission.OPEN) {
            open.add(name);
          } else {
            assertThat(permission.changes()).as(name).isEqualTo(!name.startsWith("GET "));
          }
        });
    assertThat(open).isEqualTo(new TreeSet<>(OPEN));
    assertThat(endpoints).hasSize(described().size());
  }

  private List<String> described() throws Exception {
    List<String> operations = new ArrayList<>();
    JsonNode paths = rest.call(null, "GET", "openapi.json", null).json().path("paths");
    paths
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(method -> operations.add(method + " " + path.getKey())));
    return operations;
  }

  @Test
  void shouldRefuseWhatARoleMayNotAndChangeNothing() throws Exception {
    for (Map.Entry<String, Permission> entry : endpoints().entrySet()) {
      String method = entry.getKey().substring(0, entry.getKey().indexOf(' '));
      String path =
          entry
              .getKey()
              .substring(entry.getKey().indexOf("/api/v1/") + "/api/v1/".length())
              .replace("{path: (/.*)?}", "/a/b")
              .replaceAll("\\{\\w+}", "x");
      String body = method.equals("GET") || method.equals("DELETE") ? null : "{}";
      for (Role role : Role.values()) {
        String before = state();
        Answer answer =
            rest.call(RoleNames.of(role), method, path, body, "Content-Type", contentType(path));
        if (entry.getValue().allows(role)) {
          assertThat(answer.status()).as(entry + " as " + role).isNotEqualTo(401);
        } else {
          assertThat(answer.status()).as(entry + " as " + role).isEqualTo(403);
          assertThat(answer.code()).isEqualTo("forbidden");
          assertThat(state()).as(entry + " as " + role).isEqualTo(before);
        }
      }
    }
  }

  /** Upgrade packages are the only bodies that are no JSON and can't be. */
  private static String contentType(String path) {
    return path.equals("upgrades") ? "application/octet-stream" : "application/json";
  }

  /** All that a request could change in the fakes; the record of refusals is no change. */
  private String state() throws IllegalAccessException {
    StringBuilder state = new StringBuilder();
    for (Map.Entry<Class<?>, Object> known : byName().values()) {
      if (known.getKey() != AuditLog.class) {
        append(known.getValue(), state);
      }
    }
    return state.toString();
  }

  /** The fields of a fake, of what it extends, and of the fakes that it is made of. */
  private static void append(Object fake, StringBuilder state) throws IllegalAccessException {
    for (Class<?> type = fake.getClass(); isFake(type); type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          continue;
        }
        field.setAccessible(true);
        Object value = field.get(fake);
        if (value != null && isFake(value.getClass())) {
          append(value, state);
        } else {
          state.append(field.getName()).append('=').append(value).append('\n');
        }
      }
    }
  }

  private static boolean isFake(Class<?> type) {
    return type.getName().startsWith("io.aerie.face.fakes.");
  }

  private Map<String, Map.Entry<Class<?>, Object>> byName() {
    return rest.subsystems.all().entrySet().stream()
        .collect(
            Collectors.toMap(
                known -> known.getKey().getName(), known -> known, (a, b) -> a, TreeMap::new));
  }

  @Test
  void shouldSeeWhatIsChanged() throws Exception {
    for (String[] change :
        new String[][] {
          {"POST", "volumes", "{\"name\":\"v1\",\"size\":\"1G\",\"protection\":\"rf3\"}"},
          {"POST", "volumes/v1/snapshots", "{\"name\":\"s1\"}"},
          {"POST", "targets", "{\"name\":\"iqn.2026-01.org.example:t\",\"luns\":[]}"},
          {"POST", "users", "{\"name\":\"u1\",\"password\":\"long enough\",\"role\":\"observer\"}"},
          {"POST", "scrubs", "{\"volume\":\"v1\"}"}
        }) {
      String before = state();
      Answer answer = rest.call("administrator", change[0], change[1], change[2]);
      assertThat(answer.status()).as(change[1] + answer.json()).isBetween(200, 299);
      assertThat(state()).as(change[1]).isNotEqualTo(before);
    }
  }

  @Test
  void shouldLetEverybodyChangeTheOwnPasswordOnly() throws Exception {
    String body = "{\"password\":\"another one\"}";
    assertThat(rest.call("observer", "PATCH", "users/operator", body).status()).isEqualTo(403);
    assertThat(rest.call("observer", "PATCH", "users/none", body).status()).isEqualTo(403);
    assertThat(rest.call("observer", "PATCH", "users/observer", "{\"role\":\"operator\"}").status())
        .isEqualTo(403);
    assertThat(rest.call("observer", "PATCH", "users/observer", body).status()).isEqualTo(200);
    assertThat(rest.call("observer", "GET", "volumes", null).status()).isEqualTo(401);
  }

  @Test
  void shouldGiveRolesAndKeepOneAdministrator() throws Exception {
    String both = "{\"role\":\"operator\",\"password\":\"another one\"}";
    assertThat(rest.call("administrator", "PATCH", "users/observer", both).code())
        .isEqualTo("invalid-value");
    assertThat(rest.call("administrator", "PATCH", "users/observer", "{}").code())
        .isEqualTo("invalid-value");
    Answer given = rest.call("administrator", "PATCH", "users/observer", "{\"role\":\"operator\"}");
    assertThat(given.json().path("role").asText()).isEqualTo("operator");
    Answer last =
        rest.call(
            "administrator", "PATCH", "users/administrator?dryRun=true", "{\"role\":\"observer\"}");
    assertThat(last.code()).isEqualTo("conflict");
    assertThat(rest.call("administrator", "DELETE", "users/administrator?dryRun=true", null).code())
        .isEqualTo("conflict");
  }

  @Test
  void shouldLetTokensDoWhatTheirRoleAndKindsAllow() throws Exception {
    Answer made =
        rest.call(
            "operator",
            "POST",
            "tokens",
            "{\"name\":\"t\",\"role\":\"operator\",\"kinds\":[\"volumes\"],\"validity\":\"1h\"}");
    assertThat(made.status()).isEqualTo(201);
    String secret = made.json().path("token").asText();
    assertThat(secret).isNotEmpty();
    String volume = "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}";
    assertThat(bearer(secret, "POST", "volumes", volume).status()).isEqualTo(201);
    Answer otherKind = bearer(secret, "GET", "pools", null);
    assertThat(otherKind.status()).isEqualTo(403);
    assertThat(otherKind.json().path("why").asText()).contains("volumes");
    assertThat(bearer(secret, "GET", "users", null).status()).isEqualTo(403);
    assertThat(rest.get("tokens").response().body()).contains("operator-t").doesNotContain(secret);
    assertThat(rest.call("observer", "GET", "tokens", null).json().path("items")).isEmpty();
    assertThat(rest.call("observer", "DELETE", "tokens/operator-t", null).status()).isEqualTo(404);
    assertThat(rest.call("operator", "DELETE", "tokens/operator-t", null).status()).isEqualTo(200);
    assertThat(bearer(secret, "GET", "volumes", null).status()).isEqualTo(401);
  }

  @Test
  void shouldNeverLetTokensOutliveTheirEnd() throws Exception {
    String secret = rest.post("tokens", "{\"name\":\"t\"}").json().path("token").asText();
    assertThat(bearer(secret, "GET", "users", null).status()).isEqualTo(200);
    assertThat(bearer(secret, "POST", "tokens", "{\"name\":\"u\"}").status()).isEqualTo(403);
    String own = "{\"password\":\"another one\"}";
    String user = "{\"name\":\"u1\",\"password\":\"long enough\",\"role\":\"administrator\"}";
    String before = state();
    for (String[] change :
        new String[][] {
          {"POST", "users", user},
          {"POST", "users?dryRun=true", user},
          {"PATCH", "users/administrator", own},
          {"PATCH", "users/observer", own},
          {"PATCH", "users/none", own},
          {"PATCH", "users/observer", "{\"role\":\"administrator\"}"},
          {"PATCH", "users/administrator", "{\"role\":\"observer\"}"},
          {"DELETE", "users/operator", null},
          {"DELETE", "users/none", null},
          {"POST", "cluster/tokens", "{\"validity\":\"1h\"}"},
          {"PUT", "config/users/u1", "{\"role\":\"administrator\",\"passwordHash\":\"x\"}"},
          {"PUT", "config/cluster/tokens/u1", "{}"},
          {"POST", "config:transaction", "{\"changes\":[{\"path\":\"users/u1\",\"value\":{}}]}"},
          {"POST", "config:import", "{\"file\":\"x\"}"}
        }) {
      Answer answer = bearer(secret, change[0], change[1], change[2]);
      assertThat(answer.status()).as(change[0] + " " + change[1]).isEqualTo(403);
      assertThat(state()).as(change[0] + " " + change[1]).isEqualTo(before);
    }
    assertThat(bearer("", "GET", "volumes", null).status()).isEqualTo(401);
    rest.users.withAnotherAdministrator().setRole("administrator", Role.OBSERVER).join();
    assertThat(bearer(secret, "GET", "users", null).status()).isEqualTo(403);
    assertThat(bearer(secret, "GET", "volumes", null).status()).isEqualTo(200);
  }

  @Test
  void shouldRecordChangesAndRefusalsWithoutSecrets() throws Exception {
    String user = "{\"name\":\"u1\",\"password\":\"long enough\",\"role\":\"observer\"}";
    rest.post("users", user);
    rest.post("users?dryRun=true", user);
    rest.post("users", user);
    rest.get("users");
    rest.call("observer", "DELETE", "volumes/v1", null);
    rest.call("observer", "GET", "users", null);
    rest.call(null, "GET", "volumes", null, "Authorization", RestFixture.basic("operator", "x"));
    rest.call(null, "GET", "volumes", null, "Authorization", RestFixture.basic("mypassword", "x"));
    rest.call("administrator", "PUT", "config/a/b?type=t", "{\"secret\":\"s3cret\"}");
    assertThat(rest.audit.lines())
        .containsExactly(
            "administrator 127.0.0.1 POST /api/v1/users begun {}",
            "administrator 127.0.0.1 POST /api/v1/users done {id=u1, name=u1, role=observer}",
            "administrator 127.0.0.1 POST /api/v1/users begun {}",
            "administrator 127.0.0.1 POST /api/v1/users already-exists {name=u1, role=observer}",
            "observer 127.0.0.1 DELETE /api/v1/volumes/v1 forbidden {}",
            " 127.0.0.1 rest:login unauthenticated {user=operator}",
            " 127.0.0.1 rest:login unauthenticated {}",
            "administrator 127.0.0.1 PUT /api/v1/config/a/b begun {}",
            "administrator 127.0.0.1 PUT /api/v1/config/a/b done {id=a/b}");
  }

  @Test
  void shouldRecordTokensThatProveNothing() throws Exception {
    String secret = rest.post("tokens", "{\"name\":\"t\"}").json().path("token").asText();
    rest.call("administrator", "DELETE", "tokens/administrator-t", null);
    int before = rest.audit.lines().size();
    assertThat(bearer(secret, "GET", "volumes", null).status()).isEqualTo(401);
    assertThat(rest.audit.lines().subList(before, before + 1))
        .containsExactly(" 127.0.0.1 rest:token unauthenticated {}");
  }

  @Test
  void shouldTellWhenWrongTokensHaveToWaitAndNotRecordThem() throws Exception {
    int before = rest.audit.lines().size();
    Answer slowed = bearer(FakeTokens.SLOWED, "GET", "volumes", null);
    assertThat(slowed.status()).isEqualTo(429);
    assertThat(slowed.code()).isEqualTo("too-many-attempts");
    assertThat(slowed.json().path("detail").asText()).isEqualTo("Too many from 127.0.0.1");
    assertThat(slowed.header("Retry-After")).isNotNull();
    assertThat(rest.audit.lines()).hasSize(before);
  }

  @Test
  void shouldRecordWhoJoinedButNotWhoTried() throws Exception {
    String body =
        "{\"token\":\"%s\",\"node\":{\"id\":\"n4\",\"endpoints\":{\"CLUSTER\":\"127.0.0.1:1\"}},"
            + "\"certificateRequestPem\":\"CSR\"}";
    rest.call(null, "POST", "cluster/members", body.formatted("bad"));
    rest.call(null, "POST", "cluster/members", body.formatted("good"));
    assertThat(rest.audit.lines())
        .containsExactly(" 127.0.0.1 POST /api/v1/cluster/members done {}");
  }

  @Test
  void shouldChangeNothingThatCannotBeRecorded() throws Exception {
    String volume = "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}";
    rest.audit.failWith(new AerieException(ErrorCode.IO_ERROR, "The disk is full"));
    assertThat(rest.post("volumes", volume).code()).isEqualTo("io-error");
    rest.subsystems.remove(AuditLog.class);
    assertThat(rest.post("volumes", volume).code()).isEqualTo("unavailable");
    assertThat(rest.storage.volumes()).isEmpty();
    assertThat(rest.post("volumes?dryRun=true", volume).status()).isEqualTo(200);
  }

  @Test
  void shouldListAndVerifyTheAuditLog() throws Exception {
    String volume = "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}";
    rest.post("volumes", volume);
    JsonNode page = rest.get("audit?limit=1").json();
    assertThat(page.at("/items/0/outcome").asText()).isEqualTo("done");
    assertThat(page.at("/items/0/begun").asLong()).isEqualTo(1);
    JsonNode older = rest.get("audit?limit=1&after=" + page.path("next").asText()).json();
    assertThat(older.at("/items/0/outcome").asText()).isEqualTo("begun");
    assertThat(older.path("next").isNull()).isTrue();
    assertThat(rest.get("audit?limit=1001").code()).isEqualTo("invalid-value");
    assertThat(rest.get("audit/verification").json().path("good").asBoolean()).isTrue();
    rest.audit.breakAt(2);
    JsonNode broken = rest.get("audit/verification").json();
    assertThat(broken.path("good").asBoolean()).isFalse();
    assertThat(broken.at("/broken/sequence").asLong()).isEqualTo(2);
  }

  private Answer bearer(String secret, String method, String path, String body) throws Exception {
    return rest.call(null, method, path, body, "Authorization", "Bearer " + secret);
  }
}
