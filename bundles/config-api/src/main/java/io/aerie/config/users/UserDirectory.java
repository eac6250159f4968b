package io.aerie.config.users;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The users of the cluster. Passwords are kept as salted hashes only. */
public interface UserDirectory {
  /** The user when name and password fit. Takes the same time when there is no such user. */
  Optional<User> authenticate(String name, char[] password);

  /** All users, by name. */
  List<User> users();

  /** Adds a user; ALREADY_EXISTS, INVALID_NAME, INVALID_VALUE (password below 8 characters). */
  CompletableFuture<User> create(String name, char[] password, Role role);

  /** Sets a password. */
  CompletableFuture<Void> setPassword(String name, char[] password);

  /** Removes a user; CONFLICT for the last administrator. */
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
