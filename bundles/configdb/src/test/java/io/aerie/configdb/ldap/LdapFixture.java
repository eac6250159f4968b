package io.aerie.configdb.ldap;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.configdb.schema.LdapSchema;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.users.ConfigUserDirectory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** ConfigDB of one node with the users' own checks, and a clock that stands still. */
final class LdapFixture implements AutoCloseable {
  static final String SOURCE = "192.0.2.1";

  final AtomicLong clockNs = new AtomicLong();
  final SchemaRegistry schemas = new SchemaRegistry();
  final ReplicatedConfigStore store;
  final ConfigUserDirectory users;
  final ConfigLdapDirectory ldap;

  LdapFixture() {
    schemas.add(new LdapSchema());
    ConfigStateMachine state = new ConfigStateMachine();
    ReplicatedLog log =
        new MemoryReplicatedLogProvider()
            .open(new LogSpecification("config", state, true, List.of()))
            .join();
    store = new ReplicatedConfigStore(log, state, schemas);
    users =
        new ConfigUserDirectory(
            store, new SecureRandom(), clockNs::get, new LdapLogin(store, clockNs::get));
    ldap = new ConfigLdapDirectory(store, users);
  }

  static Settings settings(TestDirectory directory, String... urls) {
    return new Settings(
        List.of(urls),
        false,
        directory.pem(),
        TestDirectory.SEARCHER,
        "ou=people," + TestDirectory.BASE,
        Settings.USER_FILTER,
        "ou=groups," + TestDirectory.BASE,
        Settings.GROUP_FILTER,
        Map.of(
            Role.ADMINISTRATOR, List.of("CN=storage-admins, OU=groups," + TestDirectory.BASE),
            Role.OPERATOR, List.of(TestDirectory.OPERATORS)),
        Duration.ofSeconds(8),
        0);
  }

  static String ldaps(TestDirectory directory) {
    return "ldaps://127.0.0.1:" + directory.port();
  }

  static String ldap(TestDirectory directory) {
    return "ldap://127.0.0.1:" + directory.port();
  }

  Settings set(Settings settings) {
    return ldap.set(
            settings,
            Optional.of(TestDirectory.SEARCHER_PASSWORD.toCharArray()),
            OptionalLong.empty(),
            false)
        .join();
  }

  Optional<User> login(String name, String password) {
    return users.authenticate(name, password.toCharArray(), SOURCE);
  }

  static void assertRefused(Callable<?> call, ErrorCode code, String text) {
    assertThatThrownBy(call::call)
        .satisfies(
            failure -> {
              AerieException refusal = (AerieException) Causes.of(failure);
              org.assertj.core.api.Assertions.assertThat(refusal.code()).isEqualTo(code);
              org.assertj.core.api.Assertions.assertThat(refusal.describe()).contains(text);
            });
  }

  @Override
  public void close() {
    store.close();
  }
}
