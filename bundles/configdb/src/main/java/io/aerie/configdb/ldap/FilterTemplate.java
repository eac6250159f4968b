package io.aerie.configdb.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.List;
import java.util.Map;

/**
 * A search filter (RFC 4515) with places for what a login brings. A place stands for a value and
 * for nothing else, which is checked once; what comes in is escaped (section 3), so that a name can
 * match only itself and never adds a condition.
 */
final class FilterTemplate {
  static final String USER = "{user}";
  static final String DN = "{dn}";

  /** Letters only: it means the same escaped and not, and no schema has it. */
  private static final String MARKER = "zzaerieplacezz";

  private final String text;

  private FilterTemplate(String text) {
    this.text = text;
  }

  /**
   * Checks a template.
   *
   * @param places of which one at least is in it, and no others
   * @throws IllegalArgumentException says what is wrong
   */
  static FilterTemplate of(String text, List<String> places) {
    if (places.stream().noneMatch(text::contains)) {
      throw new IllegalArgumentException(
          "'" + text + "' has no " + String.join(" and no ", places) + ".");
    }
    String marked = text;
    for (String place : places) {
      marked = marked.replace(place, MARKER);
    }
    try {
      if (marked.contains("{") || marked.contains("}") || !isValueOnly(Filter.create(marked))) {
        throw new IllegalArgumentException(
            "'" + text + "' has a place where no value belongs, or another than " + places + ".");
      }
    } catch (LDAPException e) {
      throw new IllegalArgumentException("'" + text + "' is not a filter (RFC 4515).", e);
    }
    return new FilterTemplate(text);
  }

  private static boolean isValueOnly(Filter filter) {
    for (Filter component : filter.getComponents()) {
      if (!isValueOnly(component)) {
        return false;
      }
    }
    if (filter.getNOTComponent() != null && !isValueOnly(filter.getNOTComponent())) {
      return false;
    }
    return !isMarked(filter.getAttributeName()) && !isMarked(filter.getMatchingRuleID());
  }

  private static boolean isMarked(String name) {
    return name != null && name.contains(MARKER);
  }

  /** The filter for these values; what comes in is never looked at for places. */
  Filter with(Map<String, String> values) throws LDAPException {
    StringBuilder filled = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      String place = placeAt(at, values);
      if (place == null) {
        filled.append(text.charAt(at));
        at++;
      } else {
        filled.append(Filter.encodeValue(values.get(place)));
        at += place.length();
      }
    }
    return Filter.create(filled.toString());
  }

  private String placeAt(int at, Map<String, String> values) {
    return values.keySet().stream()
        .filter(place -> text.startsWith(place, at))
        .findFirst()
        .orElse(null);
  }
}
