package io.aerie.config.users;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The users of the cluster. Passwords are kept as salted hashes only. A name that is no user's here
 * may log in as one of the {@link LdapDirectory}, which the other methods know nothing of.
 */
public interface UserDirectory {
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

  /** Sets a password. */
  CompletableFuture<Void> setPassword(String name, char[] password);

  /** Gives a role; CONFLICT when the last administrator would become something else. */
  CompletableFuture<User> setRole(String name, Role role);

  /** Removes a user and its tokens; CONFLICT for the last administrator. */
  CompletableFuture<Void> delete(String name);

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
