package io.aerie.configdb.ldap;

import static io.aerie.configdb.ldap.LdapFixture.assertRefused;
import static io.aerie.configdb.ldap.LdapFixture.ldap;
import static io.aerie.configdb.ldap.LdapFixture.ldaps;
import static io.aerie.configdb.ldap.LdapFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.ModificationType;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Logins by a directory. Each test has a real one (LDAP and TLS over loopback) and the cluster's
 * own users before it; whatever goes wrong must end in a refusal, and never be the local users'
 * trouble.
 */
@Timeout(60)
class LdapLoginTest {
  private final LdapFixture node = new LdapFixture();

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void shouldLogInWithTheRoleOfTheGroup() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      node.set(settings(directory, ldaps(directory)));
      assertThat(node.login("ada", "ada's password"))
          .contains(new User("ada", Role.ADMINISTRATOR, 0));
      assertThat(node.login("BOB", "bob's password")).contains(new User("bob", Role.OPERATOR, 0));
      assertThat(node.login("ada", "bob's password")).isEmpty();
      assertThat(node.login("carl", "ada's password")).isEmpty();
      assertThat(node.users.users()).isEmpty();
    }
  }

  @Test
  void shouldSecureTheConnectionByStartTls() throws Exception {
    try (TestDirectory directory = TestDirectory.startTls()) {
      node.set(settings(directory, ldap(directory)));
      assertThat(node.login("ada", "ada's password")).isPresent();
    }
  }

  @Test
  void shouldSendNoPasswordInThePlainUnlessToldTo() throws Exception {
    try (TestDirectory directory = TestDirectory.plain()) {
      Settings settings = settings(directory, ldap(directory));
      node.set(settings);
      assertRefused(
          () -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "can't be asked now");
      assertThat(directory.binds()).isEmpty();
      node.set(
          new Settings(
              settings.urls(),
              true,
              "",
              settings.bindDn(),
              settings.userBaseDn(),
              settings.userFilter(),
              settings.groupBaseDn(),
              settings.groupFilter(),
              settings.groups(),
              settings.timeout(),
              0));
      assertThat(node.login("ada", "ada's password")).isPresent();
    }
  }

  @Test
  void shouldTalkToNobodyWhoseCertificateIsAnothers() throws Exception {
    try (TestDirectory trusted = TestDirectory.ldaps();
        TestDirectory stranger = TestDirectory.ldaps();
        TestDirectory elsewhere = TestDirectory.ldaps(TestCertificate.of("192.0.2.7"));
        TestDirectory there = TestDirectory.startTls(TestCertificate.of("192.0.2.7"))) {
      node.set(settings(trusted, ldaps(stranger)));
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
      node.set(settings(elsewhere, ldaps(elsewhere)));
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
      node.set(settings(there, ldap(there)));
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
      assertThat(there.binds()).isEmpty();
      assertThat(stranger.binds()).isEmpty();
      assertThat(elsewhere.binds()).isEmpty();
    }
  }

  @Test
  void shouldAskTheGroupsAnewAtEachLogin() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      node.set(settings(directory, ldaps(directory)));
      assertThat(node.login("bob", "bob's password").map(User::role)).contains(Role.OPERATOR);
      String bob = "uid=bob,ou=people," + TestDirectory.BASE;
      directory.change(TestDirectory.ADMINISTRATORS, ModificationType.ADD, "member", bob);
      assertThat(node.login("bob", "bob's password").map(User::role)).contains(Role.ADMINISTRATOR);
      directory.change(TestDirectory.ADMINISTRATORS, ModificationType.DELETE, "member", bob);
      directory.change(TestDirectory.OPERATORS, ModificationType.DELETE, "member", bob);
      assertRefused(
          () -> node.login("bob", "bob's password"),
          ErrorCode.FORBIDDEN,
          "None of the user's groups");
      assertThat(node.login("bob", "wrong")).isEmpty();
    }
  }

  @Test
  void shouldTakeGroupsFromTheUsersOwnAttribute() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      Settings settings = settings(directory, ldaps(directory));
      node.set(
          new Settings(
              settings.urls(),
              false,
              settings.caCertificatesPem(),
              settings.bindDn(),
              settings.userBaseDn(),
              settings.userFilter(),
              "",
              "",
              Map.of(Role.OBSERVER, java.util.List.of("cn=readers," + TestDirectory.BASE)),
              settings.timeout(),
              0));
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.FORBIDDEN, "");
      directory.change(
          "uid=ada,ou=people," + TestDirectory.BASE,
          ModificationType.ADD,
          "memberOf",
          "CN=Readers," + TestDirectory.BASE);
      assertThat(node.login("ada", "ada's password").map(User::role)).contains(Role.OBSERVER);
    }
  }

  @Test
  void shouldRefuseAnEmptyPasswordWithoutAskingAnybody() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      node.set(settings(directory, ldaps(directory)));
      assertThat(node.login("ada", "")).isEmpty();
      assertThat(directory.binds()).isEmpty();
      LdapDocument stored = LdapDocument.of(node.store.getLocal(LdapDocument.PATH).orElseThrow());
      try (LdapSession session =
          LdapSession.open(LdapProfile.of(stored.settings(), stored.bindPassword()))) {
        String dn = session.find("ada").orElseThrow().dn();
        assertThat(session.isPassword(dn, new char[0])).isFalse();
        assertThat(session.isPassword("", "x".toCharArray())).isFalse();
        assertThat(session.isPassword(dn, "ada's password".toCharArray())).isTrue();
      }
    }
  }

  @Test
  void shouldPreferTheClustersOwnUsers() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      node.set(settings(directory, ldaps(directory)));
      node.users.create("ada", "local password".toCharArray(), Role.OBSERVER).join();
      assertThat(node.login("ada", "ada's password")).isEmpty();
      assertThat(node.login("ADA", "ada's password")).isEmpty();
      assertThat(node.login("ada", "local password").map(User::role)).contains(Role.OBSERVER);
      assertThat(directory.binds()).isEmpty();
    }
  }

  @Test
  void shouldLetLocalUsersInWhileTheDirectoryIsDown() throws Exception {
    node.users.create("local", "local password".toCharArray(), Role.ADMINISTRATOR).join();
    TestDirectory directory = TestDirectory.ldaps();
    node.set(settings(directory, ldaps(directory)));
    assertThat(node.login("ada", "ada's password")).isPresent();
    directory.close();
    // more than an address has free failures: none of these is one
    for (int i = 0; i < 30; i++) {
      assertRefused(
          () -> node.login("ada", "ada's password"),
          ErrorCode.UNAVAILABLE,
          "Users of the cluster itself can log in");
    }
    assertThat(node.login("local", "local password")).isPresent();
    assertThat(node.login("local", "wrong")).isEmpty();
    assertThat(node.login("ada", "")).isEmpty();
  }

  @Test
  void shouldLeaveADirectoryAloneForAWhileAfterAFailure() throws Exception {
    TestCertificate certificate = TestCertificate.of("127.0.0.1");
    try (TestDirectory directory = TestDirectory.ldaps(certificate);
        TestDirectory other = TestDirectory.ldaps()) {
      Settings good = settings(directory, ldaps(directory));
      node.set(settings(directory, ldaps(other)));
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
      // mended settings are tried at once
      node.set(good);
      assertThat(node.login("ada", "ada's password")).isPresent();
    }
    assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
    long beganNs = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
    }
    assertThat(System.nanoTime() - beganNs).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void shouldAskTheNextServerWhenOneIsDownOrHangs() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps();
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      TestDirectory dead = TestDirectory.ldaps();
      dead.close();
      String hanging = "127.0.0.1:" + silent.getLocalPort();
      Settings settings =
          settings(
              directory,
              "ldaps://127.0.0.1:" + deadPort(),
              "ldaps://" + hanging,
              "ldap://" + hanging,
              ldaps(directory));
      node.set(withTimeout(settings, Duration.ofSeconds(8)));
      assertThat(node.login("ada", "ada's password")).isPresent();
    }
  }

  private static int deadPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Settings withTimeout(Settings settings, Duration timeout) {
    return new Settings(
        settings.urls(),
        settings.plaintext(),
        settings.caCertificatesPem(),
        settings.bindDn(),
        settings.userBaseDn(),
        settings.userFilter(),
        settings.groupBaseDn(),
        settings.groupFilter(),
        settings.groups(),
        timeout,
        0);
  }

  @Test
  void shouldWaitNoLongerThanTheTimeoutForServersThatHang() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps();
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      for (String scheme : new String[] {"ldap://", "ldaps://"}) {
        node.set(
            withTimeout(
                settings(directory, scheme + "127.0.0.1:" + silent.getLocalPort()),
                Duration.ofSeconds(1)));
        long beganNs = System.nanoTime();
        assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
        assertThat(System.nanoTime() - beganNs).as(scheme).isLessThan(TimeUnit.SECONDS.toNanos(8));
      }
    }
  }

  @Test
  void shouldRefuseANameThatMeansSeveralPeople() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      directory.change(
          "uid=bob,ou=people," + TestDirectory.BASE, ModificationType.ADD, "uid", "ada");
      node.set(settings(directory, ldaps(directory)));
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
      assertRefused(
          () -> node.ldap.test("ada", java.util.Optional.empty()).join(),
          ErrorCode.CONFLICT,
          "Several entries");
    }
  }

  @Test
  void shouldSlowDownWhoGuessesInWhateverCase() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      node.set(settings(directory, ldaps(directory)));
      for (String name : new String[] {"ada", "Ada", "aDa", "adA", "ADA"}) {
        assertThat(node.login(name, "guess")).isEmpty();
      }
      assertRefused(
          () -> node.login("aDA", "ada's password"), ErrorCode.TOO_MANY_ATTEMPTS, "for this user");
      node.clockNs.addAndGet(TimeUnit.SECONDS.toNanos(2));
      assertThat(node.login("ada", "ada's password")).isPresent();
    }
  }

  @Test
  void shouldNotFallOpenWhenTheSearcherIsRefused() throws Exception {
    try (TestDirectory directory = TestDirectory.ldaps()) {
      node.ldap
          .set(
              settings(directory, ldaps(directory)),
              java.util.Optional.of("not the password".toCharArray()),
              OptionalLong.empty(),
              false)
          .join();
      assertRefused(() -> node.login("ada", "ada's password"), ErrorCode.UNAVAILABLE, "");
      assertThat(directory.binds()).containsOnly(TestDirectory.SEARCHER);
    }
  }
}
