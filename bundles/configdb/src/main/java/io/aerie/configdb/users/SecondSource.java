package io.aerie.configdb.users;

import io.aerie.config.users.UserDirectory.User;
import java.util.Optional;

/** Asked about names that are no user's of the cluster itself. */
@FunctionalInterface
public interface SecondSource {
  /** Knows nobody. */
  SecondSource NONE = (name, password) -> Optional.empty();

  /**
   * The user when name and password fit.
   *
   * @param password never empty
   * @throws io.aerie.base.AerieException when that could not be judged: nobody is logged in then
   */
  Optional<User> authenticate(String name, char[] password);
}
