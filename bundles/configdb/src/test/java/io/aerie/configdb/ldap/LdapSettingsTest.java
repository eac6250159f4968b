package io.aerie.configdb.ldap;

import static io.aerie.configdb.ldap.LdapFixture.assertRefused;
import static io.aerie.configdb.ldap.LdapFixture.ldaps;
import static io.aerie.configdb.ldap.LdapFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.config.transfer.ConfigTransfer.Export;
import io.aerie.config.users.LdapDirectory.Report;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.configdb.transfer.StoreTransfer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The directory's settings: what is refused, where its password may go, what a test tells. */
@Timeout(60)
class LdapSettingsTest {
  private static final Optional<char[]> SECRET =
      Optional.of(TestDirectory.SEARCHER_PASSWORD.toCharArray());

  private final LdapFixture node = new LdapFixture();
  private TestDirectory directory;
  private Settings good;

  @BeforeEach
  void start() throws Exception {
    directory = TestDirectory.ldaps();
    good = settings(directory, ldaps(directory));
  }

  @AfterEach
  void close() {
    directory.close();
    node.close();
  }

  private Settings with(UnaryOperator<Fields> change) {
    Fields f = change.apply(new Fields(good));
    return new Settings(
        f.urls,
        f.plaintext,
        f.pem,
        f.bindDn,
        f.userBaseDn,
        f.userFilter,
        f.groupBaseDn,
        f.groupFilter,
        f.groups,
        f.timeout,
        0);
  }

  private static final class Fields {
    private List<String> urls;
    private boolean plaintext;
    private String pem;
    private String bindDn;
    private String userBaseDn;
    private String userFilter;
    private String groupBaseDn;
    private String groupFilter;
    private Map<Role, List<String>> groups;
    private Duration timeout;

    private Fields(Settings from) {
      urls = from.urls();
      plaintext = from.plaintext();
      pem = from.caCertificatesPem();
      bindDn = from.bindDn();
      userBaseDn = from.userBaseDn();
      userFilter = from.userFilter();
      groupBaseDn = from.groupBaseDn();
      groupFilter = from.groupFilter();
      groups = from.groups();
      timeout = from.timeout();
    }
  }

  private void assertInvalid(UnaryOperator<Fields> change, String text) {
    assertRefused(
        () -> node.ldap.set(with(change), SECRET, OptionalLong.empty(), false).join(),
        ErrorCode.INVALID_VALUE,
        text);
    assertThat(node.ldap.settings()).isEmpty();
  }

  @Test
  void shouldRefuseWhatCannotWorkAndStoreNothing() {
    for (String url :
        List.of(
            "http://a",
            "ldaps:/a",
            "ldaps://",
            "ldaps://u@a",
            "ldaps://a/dc=x",
            "ldaps://a?x",
            "a b",
            "ldapi:///x")) {
      assertInvalid(change(f -> f.urls = List.of(url)), url);
    }
    assertInvalid(change(f -> f.urls = List.of()), "URLs");
    assertInvalid(change(f -> f.bindDn = "not a name"), "'bindDn'");
    assertInvalid(change(f -> f.bindDn = ""), "belong together");
    assertInvalid(change(f -> f.userBaseDn = ""), "'userBaseDn' is missing");
    assertInvalid(change(f -> f.userFilter = "(uid=ada)"), "{user}");
    assertInvalid(change(f -> f.groupFilter = "(member=*)"), "{dn}");
    assertInvalid(change(f -> f.groupBaseDn = "x"), "'groupBaseDn'");
    assertInvalid(change(f -> f.groups = Map.of()), "nobody could log in");
    assertInvalid(change(f -> f.groups = Map.of(Role.OBSERVER, List.of("x"))), "The group 'x'");
    assertInvalid(change(f -> f.pem = "not a certificate"), "caCertificatesPem");
    assertInvalid(change(f -> f.timeout = Duration.ofSeconds(9)), "timeout");
  }

  private interface Change {
    void on(Fields fields);
  }

  private static UnaryOperator<Fields> change(Change change) {
    return fields -> {
      change.on(fields);
      return fields;
    };
  }

  @Test
  void shouldJudgeOnlyOnADryRun() {
    Settings judged = node.ldap.set(good, SECRET, OptionalLong.empty(), true).join();
    assertThat(judged.revision()).isZero();
    assertThat(node.ldap.settings()).isEmpty();
    Settings set = node.set(good);
    assertThat(node.ldap.delete(OptionalLong.empty(), true).join()).isEqualTo(set);
    assertThat(node.ldap.settings()).contains(set);
  }

  @Test
  void shouldHeedTheExpectedRevision() {
    Settings set = node.set(good);
    assertThat(set.revision()).isPositive();
    assertRefused(
        () -> node.ldap.set(good, SECRET, OptionalLong.of(0), false).join(),
        ErrorCode.PRECONDITION_FAILED,
        "");
    assertRefused(
        () -> node.ldap.delete(OptionalLong.of(set.revision() + 1), false).join(),
        ErrorCode.PRECONDITION_FAILED,
        "");
    assertThat(node.ldap.delete(OptionalLong.of(set.revision()), false).join()).isEqualTo(set);
    assertThat(node.ldap.settings()).isEmpty();
    assertRefused(
        () -> node.ldap.delete(OptionalLong.empty(), false).join(), ErrorCode.NOT_FOUND, "");
    assertThat(node.login("ada", "ada's password")).isEmpty();
  }

  @Test
  void shouldKeepThePasswordForTheSameServersOnly() {
    node.set(good);
    Settings moreGroups =
        with(change(f -> f.groups = Map.of(Role.OBSERVER, List.of(TestDirectory.OPERATORS))));
    node.ldap.set(moreGroups, Optional.empty(), OptionalLong.empty(), false).join();
    assertThat(node.login("bob", "bob's password")).isPresent();
    for (Change other :
        List.<Change>of(
            f -> f.urls = List.of("ldaps://evil.example"),
            f -> f.plaintext = true,
            f -> f.pem = "",
            f -> f.bindDn = "cn=other," + TestDirectory.BASE)) {
      assertRefused(
          () ->
              node.ldap
                  .set(with(change(other)), Optional.empty(), OptionalLong.empty(), false)
                  .join(),
          ErrorCode.INVALID_VALUE,
          "password of 'bindDn' is missing");
    }
  }

  @Test
  void shouldShowThePasswordNowhereAndExportItEncryptedOnly() {
    Settings set = node.set(good);
    String secret = TestDirectory.SEARCHER_PASSWORD;
    assertThat(set + " " + node.ldap.settings()).doesNotContain(secret);
    assertThat(LdapDocument.of(node.store.getLocal(LdapDocument.PATH).orElseThrow()).toString())
        .doesNotContain(secret);
    StoreTransfer transfer =
        new StoreTransfer(node.store, node.schemas, new SecureRandom(), Clock.systemUTC());
    Export plain = transfer.export(Optional.empty()).join();
    assertThat(plain.leftOut()).containsExactly("security/ldap");
    assertThat(new String(plain.file(), StandardCharsets.UTF_8)).doesNotContain(secret);
    Export sealed = transfer.export(Optional.of("correct horse battery".toCharArray())).join();
    assertThat(sealed.documents()).isEqualTo(1);
    assertThat(new String(sealed.file(), StandardCharsets.UTF_8)).doesNotContain(secret);
  }

  @Test
  void shouldTellWhatATestFound() {
    node.set(good);
    node.users.create("Bob", "local password".toCharArray(), Role.OBSERVER).join();
    Report ada = node.ldap.test("ada", Optional.of("ada's password".toCharArray())).join();
    assertThat(ada)
        .isEqualTo(
            new Report(
                ldaps(directory),
                "uid=ada,ou=people," + TestDirectory.BASE,
                List.of(TestDirectory.ADMINISTRATORS),
                Optional.of(Role.ADMINISTRATOR),
                Optional.of(true),
                false));
    Report bob = node.ldap.test("bob", Optional.empty()).join();
    assertThat(bob.local()).isTrue();
    assertThat(bob.passwordFits()).isEmpty();
    assertThat(node.ldap.test("bob", Optional.of("x".toCharArray())).join().passwordFits())
        .contains(false);
    assertRefused(
        () -> node.ldap.test("carl", Optional.empty()).join(), ErrorCode.NOT_FOUND, "(uid={user})");
    String server = ldaps(directory);
    directory.close();
    assertRefused(
        () -> node.ldap.test("ada", Optional.empty()).join(), ErrorCode.UNAVAILABLE, server);
  }
}
