package io.aerie.rest.http;

import io.aerie.config.users.UserDirectory.Role;
import java.util.Locale;

/** The roles as annotations of resources name them; a test keeps them equal to {@link Role}. */
public final class Roles {
  public static final String ADMINISTRATOR = "administrator";
  public static final String OPERATOR = "operator";
  public static final String OBSERVER = "observer";

  private Roles() {}

  /** Whether a role includes another: {@link Role} lists the mightier first. */
  public static boolean includes(Role has, String needed) {
    return has.compareTo(Role.valueOf(needed.toUpperCase(Locale.ROOT))) <= 0;
  }
}
