package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory.Role;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Roles as users write them: lower case. */
public final class RoleNames {
  private RoleNames() {}

  /** Reads a role; INVALID_VALUE. */
  public static Role parse(String text) {
    return Arrays.stream(Role.values())
        .filter(role -> of(role).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.INVALID_VALUE,
                    "'" + text + "' is not a role",
                    "The roles are: "
                        + Arrays.stream(Role.values())
                            .map(RoleNames::of)
                            .collect(Collectors.joining(", "))
                        + ".",
                    ""));
  }

  /** The role as users write it. */
  public static String of(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
