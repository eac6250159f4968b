package io.aerie.face.access;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;

/**
 * What changes of users would do, as this node's replica has them now: for the dry runs of both
 * faces, which must not answer yes where the directory would answer no.
 */
public final class UserTrials {
  private UserTrials() {}

  /** The user that would be added; INVALID_NAME, INVALID_VALUE (password), ALREADY_EXISTS. */
  public static User add(UserDirectory users, String name, char[] password, Role role) {
    Names.check("user", name);
    checkPassword(password);
    if (users.find(name).isPresent()) {
      throw new AerieException(
          ErrorCode.ALREADY_EXISTS,
          "There is a user '" + name + "' already",
          "",
          "Choose another name.");
    }
    return new User(name, role, 0);
  }

  /** The user that would get the password; NOT_FOUND, INVALID_VALUE (password). */
  public static User setPassword(UserDirectory users, String name, char[] password) {
    checkPassword(password);
    return existing(users, name);
  }

  /** The user with the role that it would get; NOT_FOUND, CONFLICT (last administrator). */
  public static User setRole(UserDirectory users, String name, Role role) {
    User user = existing(users, name);
    if (role != Role.ADMINISTRATOR) {
      checkOtherAdministrator(users, user);
    }
    return new User(name, role, user.revision());
  }

  /** The user that would be deleted; NOT_FOUND, CONFLICT (last administrator). */
  public static User delete(UserDirectory users, String name) {
    User user = existing(users, name);
    checkOtherAdministrator(users, user);
    return user;
  }

  /** The user of that name; NOT_FOUND. */
  public static User existing(UserDirectory users, String name) {
    return users
        .find(name)
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.NOT_FOUND,
                    "There is no user '" + name + "'",
                    "",
                    "List the users to see who there is."));
  }

  private static void checkOtherAdministrator(UserDirectory users, User user) {
    boolean other =
        users.users().stream()
            .anyMatch(
                each -> each.role() == Role.ADMINISTRATOR && !each.name().equals(user.name()));
    if (user.role() == Role.ADMINISTRATOR && !other) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "'" + user.name() + "' is the last administrator",
          "Nobody could administer the cluster.",
          "Make another administrator first.");
    }
  }

  private static void checkPassword(char[] password) {
    int length = password.length;
    if (length < UserDirectory.PASSWORD_CHARACTERS_MIN
        || length > UserDirectory.PASSWORD_CHARACTERS_MAX) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The password has " + length + " characters",
          "It must have "
              + UserDirectory.PASSWORD_CHARACTERS_MIN
              + " to "
              + UserDirectory.PASSWORD_CHARACTERS_MAX
              + ".",
          "");
    }
  }
}
