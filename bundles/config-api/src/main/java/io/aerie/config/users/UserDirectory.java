package io.aerie.config.users;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The users of the cluster. Passwords are kept as salted hashes only. A name that is no user's here
 * may log in as one of the {@link LdapDirectory}, which the other methods know nothing of.
 */
public interface UserDirectory {
  /** A password has so many characters at least. */
  int PASSWORD_CHARACTERS_MIN = 8;

  /** Far above any password; bounds what a stranger can make a node hash. */
  int PASSWORD_CHARACTERS_MAX = 1_024;

  /**
   * The user when name and password fit. Takes the same time when there is no such user. A user of
   * the LDAP directory has revision 0.
   *
   * @param source the address that it came from; guessing from there, or this user's password, is
   *     slowed
   * @throws io.aerie.base.AerieException TOO_MANY_ATTEMPTS while one has to wait: the password was
   *     not looked at; UNAVAILABLE when the LDAP directory would know and does not answer;
   *     FORBIDDEN when it knows the user and no group gives a role
   */
  Optional<User> authenticate(String name, char[] password, String source);

  /** The user of that name as this node's replica has it now, whatever its password. */
  Optional<User> find(String name);

  /** All users, by name. */
  List<User> users();

  /** Adds a user; ALREADY_EXISTS, INVALID_NAME, INVALID_VALUE (password below 8 characters). */
  CompletableFuture<User> create(String name, char[] password, Role role);

  /** Sets a password, whatever was changed of the user before. */
  default CompletableFuture<Void> setPassword(String name, char[] password) {
    return setPassword(name, password, OptionalLong.empty());
  }

  /**
   * Sets a password.
   *
   * @param expected PRECONDITION_FAILED, and nothing is changed, when the user has another revision
   */
  CompletableFuture<Void> setPassword(String name, char[] password, OptionalLong expected);

  /** Gives a role, whatever was changed of the user before. */
  default CompletableFuture<User> setRole(String name, Role role) {
    return setRole(name, role, OptionalLong.empty());
  }

  /**
   * Gives a role; CONFLICT when the last administrator would become something else.
   *
   * @param expected as for a password; PRECONDITION_FAILED also when another administrator, of whom
   *     one must be left, was changed at the same time
   */
  CompletableFuture<User> setRole(String name, Role role, OptionalLong expected);

  /** Removes a user and its tokens, whatever was changed of the user before. */
  default CompletableFuture<Void> delete(String name) {
    return delete(name, OptionalLong.empty());
  }

  /**
   * Removes a user and its tokens; CONFLICT for the last administrator.
   *
   * @param expected as for a role
   */
  CompletableFuture<Void> delete(String name, OptionalLong expected);

  /**
   * A user.
   *
   * @param name the name
   * @param role what the user may do
   * @param revision of the document
   */
  record User(String name, Role role, long revision) {}

  /** What a user may do; each includes those after it. */
  enum Role {
    ADMINISTRATOR,
    OPERATOR,
    OBSERVER
  }
}
