package io.aerie.face.access;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.Durations;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The LDAP directory's settings as a user writes them; null stands for what one gets without
 * asking.
 *
 * @param urls {@code ldaps://HOST[:PORT]}, or {@code ldap://} for StartTLS
 * @param plaintext whether {@code ldap://} goes without TLS
 * @param caCertificatesPem whom to trust
 * @param bindDn who searches
 * @param userBaseDn where users are
 * @param userFilter with {@code {user}}
 * @param groupBaseDn where groups are; none: the user's attribute memberOf counts
 * @param groupFilter with {@code {dn}} or {@code {user}}
 * @param administrators groups by distinguished name
 * @param operators groups by distinguished name
 * @param observers groups by distinguished name
 * @param timeout {@code 5s}
 */
public record LdapWish(
    List<String> urls,
    Boolean plaintext,
    String caCertificatesPem,
    String bindDn,
    String userBaseDn,
    String userFilter,
    String groupBaseDn,
    String groupFilter,
    List<String> administrators,
    List<String> operators,
    List<String> observers,
    String timeout) {
  /** The settings; INVALID_VALUE for what is missing or no duration. The rest is judged later. */
  public Settings settings() {
    if (urls == null || urls.isEmpty() || userBaseDn == null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The URL or the base of the users is missing",
          "Nothing can be found without.",
          "Tell both.");
    }
    Map<Role, List<String>> groups = new EnumMap<>(Role.class);
    groups.put(Role.ADMINISTRATOR, of(administrators));
    groups.put(Role.OPERATOR, of(operators));
    groups.put(Role.OBSERVER, of(observers));
    String groupBase = of(groupBaseDn, "");
    return new Settings(
        urls,
        Boolean.TRUE.equals(plaintext),
        of(caCertificatesPem, ""),
        of(bindDn, ""),
        userBaseDn,
        of(userFilter, Settings.USER_FILTER),
        groupBase,
        of(groupFilter, groupBase.isEmpty() ? "" : Settings.GROUP_FILTER),
        groups,
        timeout == null ? Settings.TIMEOUT : Durations.parse(timeout),
        0);
  }

  private static List<String> of(List<String> texts) {
    return texts == null ? List.of() : List.copyOf(texts);
  }

  private static String of(String text, String otherwise) {
    return text == null ? otherwise : text;
  }
}
