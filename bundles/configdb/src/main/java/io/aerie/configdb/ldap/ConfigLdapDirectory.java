package io.aerie.configdb.ldap;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.configdb.ldap.LdapSession.Found;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The settings in ConfigDB, one document. */
public final class ConfigLdapDirectory implements LdapDirectory {
  private final ReplicatedConfigStore store;
  private final UserDirectory users;

  /**
   * @param users the cluster's own, who go before the directory's
   */
  public ConfigLdapDirectory(ReplicatedConfigStore store, UserDirectory users) {
    this.store = store;
    this.users = users;
  }

  @Override
  public Optional<Settings> settings() {
    return store.getLocal(LdapDocument.PATH).map(document -> LdapDocument.of(document).settings());
  }

  @Override
  public CompletableFuture<Settings> set(
      Settings wanted,
      Optional<char[]> bindPassword,
      OptionalLong expectedRevision,
      boolean dryRun) {
    Optional<String> password = bindPassword.map(String::new);
    return Futures.start(
        () ->
            store
                .get(LdapDocument.PATH)
                .thenCompose(
                    before -> {
                      String kept = password.orElseGet(() -> kept(before, wanted));
                      LdapProfile checked = LdapProfile.of(wanted, kept);
                      return change(
                              before,
                              expectedRevision,
                              new LdapDocument(checked.settings(), kept).put(),
                              dryRun)
                          .thenApply(revision -> wanted.at(revision));
                    }));
  }

  /** The stored password goes to whom it was meant for only: settings never show it either. */
  private static String kept(Optional<Document> before, Settings wanted) {
    if (wanted.bindDn().isEmpty()) {
      return "";
    }
    return before
        .map(LdapDocument::of)
        .filter(stored -> isSameRecipient(stored.settings(), wanted))
        .map(LdapDocument::bindPassword)
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.INVALID_VALUE,
                    "The password of 'bindDn' is missing",
                    "A stored one is kept only while the servers, their certificates and 'bindDn'"
                        + " stay as they are.",
                    "Send it."));
  }

  private static boolean isSameRecipient(Settings stored, Settings wanted) {
    return stored.urls().containsAll(wanted.urls())
        && stored.plaintext() == wanted.plaintext()
        && stored.caCertificatesPem().equals(wanted.caCertificatesPem())
        && stored.bindDn().equals(wanted.bindDn());
  }

  @Override
  public CompletableFuture<Settings> delete(OptionalLong expectedRevision, boolean dryRun) {
    return Futures.start(
        () ->
            store
                .get(LdapDocument.PATH)
                .thenCompose(
                    before -> {
                      Document document = before.orElseThrow(ConfigLdapDirectory::none);
                      Settings settings = LdapDocument.of(document).settings();
                      return change(
                              before,
                              expectedRevision,
                              new Change.Delete(LdapDocument.PATH),
                              dryRun)
                          .thenApply(revision -> settings);
                    }));
  }

  /** Carries it out, or only judges it, against what was read. */
  private CompletableFuture<Long> change(
      Optional<Document> before, OptionalLong expected, Change change, boolean dryRun) {
    long actual = before.map(Document::revision).orElse(0L);
    if (expected.isPresent() && expected.getAsLong() != actual) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The settings have another revision than expected",
          "They have revision " + actual + ", not " + expected.getAsLong() + ".",
          "Read them again, then decide.");
    }
    ConfigTransaction transaction =
        new ConfigTransaction(List.of(new Condition(LdapDocument.PATH, actual)), List.of(change));
    if (dryRun) {
      return store.check(transaction).thenApply(judged -> actual);
    }
    return store
        .commit(transaction)
        .thenCompose(revision -> store.awaitLocal(revision).thenApply(done -> revision));
  }

  private static AerieException none() {
    return new AerieException(
        ErrorCode.NOT_FOUND, "There are no settings of an LDAP directory", "", "Set them first.");
  }

  @Override
  public CompletableFuture<Report> test(String user, Optional<char[]> password) {
    Optional<char[]> copy = password.map(char[]::clone);
    return Futures.start(
        () -> {
          Names.check("user", user);
          LdapDocument stored =
              LdapDocument.of(
                  store.getLocal(LdapDocument.PATH).orElseThrow(ConfigLdapDirectory::none));
          LdapProfile profile = LdapProfile.of(stored.settings(), stored.bindPassword());
          return CompletableFuture.completedFuture(test(profile, user, copy));
        });
  }

  private Report test(LdapProfile profile, String name, Optional<char[]> password) {
    String user = name.toLowerCase(Locale.ROOT);
    try (LdapSession session = LdapSession.open(profile)) {
      Found found =
          session
              .find(user)
              .orElseThrow(
                  () ->
                      new AerieException(
                          ErrorCode.NOT_FOUND,
                          "The LDAP directory has no user '" + user + "'",
                          "No entry below '"
                              + profile.settings().userBaseDn()
                              + "' matches "
                              + profile.settings().userFilter()
                              + ".",
                          ""));
      return new Report(
          session.server().url(),
          found.dn(),
          found.groups().stream().map(Object::toString).sorted().toList(),
          profile.role(found.groups()),
          password.map(tried -> session.isPassword(found.dn(), tried)),
          users.users().stream().anyMatch(other -> other.name().equalsIgnoreCase(user)));
    }
  }
}
