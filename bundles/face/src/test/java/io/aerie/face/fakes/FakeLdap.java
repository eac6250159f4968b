package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.UserDirectory.Role;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Settings in memory; of users it knows ada, an operator, whose password is "secret-ada". */
public final class FakeLdap implements LdapDirectory {
  private Settings settings;
  private String password = "";

  /** The password that was sent last. */
  public String password() {
    return password;
  }

  @Override
  public Optional<Settings> settings() {
    return Optional.ofNullable(settings);
  }

  @Override
  public CompletableFuture<Settings> set(
      Settings wanted,
      Optional<char[]> bindPassword,
      OptionalLong expectedRevision,
      boolean dryRun) {
    long revision = settings == null ? 0 : settings.revision();
    if (expectedRevision.isPresent() && expectedRevision.getAsLong() != revision) {
      return refused(ErrorCode.PRECONDITION_FAILED);
    }
    if (dryRun) {
      return CompletableFuture.completedFuture(wanted);
    }
    password = bindPassword.map(String::new).orElse(password);
    settings = wanted.at(revision + 1);
    return CompletableFuture.completedFuture(settings);
  }

  @Override
  public CompletableFuture<Settings> delete(OptionalLong expectedRevision, boolean dryRun) {
    if (settings == null) {
      return refused(ErrorCode.NOT_FOUND);
    }
    Settings before = settings;
    if (!dryRun) {
      settings = null;
    }
    return CompletableFuture.completedFuture(before);
  }

  @Override
  public CompletableFuture<Report> test(String user, Optional<char[]> tried) {
    if (!user.equals("ada")) {
      return refused(ErrorCode.NOT_FOUND);
    }
    return CompletableFuture.completedFuture(
        new Report(
            "ldaps://ldap.example.org",
            "uid=ada,dc=example",
            List.of("cn=ops,dc=example"),
            Optional.of(Role.OPERATOR),
            tried.map(password -> new String(password).equals("secret-ada")),
            false));
  }

  private static <T> CompletableFuture<T> refused(ErrorCode code) {
    return CompletableFuture.failedFuture(new AerieException(code, "the fake refuses"));
  }
}
