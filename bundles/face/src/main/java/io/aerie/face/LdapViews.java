package io.aerie.face;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.users.LdapDirectory.Report;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import java.util.List;

/** The LDAP directory's settings as users see them: all but the password. */
public final class LdapViews {
  private static final String ID = "ldap";

  private LdapViews() {}

  /** The settings, with the names that they are written with. */
  public static ObjectNode of(Settings settings) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("id", ID)
            .put("name", ID)
            .put("revision", settings.revision());
    put(node, "urls", settings.urls());
    node.put("plaintext", settings.plaintext())
        .put("caCertificatesPem", settings.caCertificatesPem())
        .put("bindDn", settings.bindDn())
        .put("userBaseDn", settings.userBaseDn())
        .put("userFilter", settings.userFilter())
        .put("groupBaseDn", settings.groupBaseDn())
        .put("groupFilter", settings.groupFilter());
    put(node, "administrators", settings.groups().getOrDefault(Role.ADMINISTRATOR, List.of()));
    put(node, "operators", settings.groups().getOrDefault(Role.OPERATOR, List.of()));
    put(node, "observers", settings.groups().getOrDefault(Role.OBSERVER, List.of()));
    return node.put("timeout", settings.timeout().toSeconds() + "s");
  }

  /** What a test found. */
  public static ObjectNode of(Report report) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("server", report.server())
            .put("userDn", report.userDn());
    put(node, "groups", report.groups());
    node.put("role", report.role().map(RoleNames::of).orElse(null))
        .put("passwordFits", report.passwordFits().orElse(null))
        .put("local", report.local());
    return node;
  }

  private static void put(ObjectNode node, String field, List<String> texts) {
    texts.forEach(node.putArray(field)::add);
  }
}
