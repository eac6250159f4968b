package io.aerie.configdb.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Filter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a login brings is a value in a filter and never a part of its structure (RFC 4515). */
class FilterTemplateTest {
  private static final List<String> USER = List.of(FilterTemplate.USER);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "a*",
        "ada)(uid=*",
        "ada)(|(uid=*",
        "*)(&",
        "\\2a",
        "a\u0000b",
        "(ada)",
        "{dn}",
        "{user}",
        "ädä",
        "|",
        "!",
        "a=b",
        ""
      })
  void shouldMatchOnlyTheVeryValue(String hostile) throws Exception {
    FilterTemplate template = FilterTemplate.of("(&(objectClass=person)(uid={user}))", USER);
    Filter filter = template.with(Map.of("{user}", hostile, "{dn}", "cn=x"));
    assertThat(filter.getFilterType()).isEqualTo(Filter.FILTER_TYPE_AND);
    assertThat(filter.getComponents()).hasSize(2);
    Filter uid = filter.getComponents()[1];
    assertThat(uid.getFilterType()).isEqualTo(Filter.FILTER_TYPE_EQUALITY);
    assertThat(uid.getAttributeName()).isEqualTo("uid");
    assertThat(uid.getAssertionValue()).isEqualTo(hostile);
  }

  @Test
  void shouldFillEachPlaceOnce() throws Exception {
    FilterTemplate template =
        FilterTemplate.of(
            "(|(member={dn})(member:1.2.840.113556.1.4.1941:={dn})(memberUid={user}))",
            List.of(FilterTemplate.DN, FilterTemplate.USER));
    Filter filter = template.with(Map.of("{user}", "{dn}", "{dn}", "cn=a(b),{user}"));
    assertThat(filter.getComponents()).hasSize(3);
    assertThat(filter.getComponents()[0].getAssertionValue()).isEqualTo("cn=a(b),{user}");
    assertThat(filter.getComponents()[1].getAssertionValue()).isEqualTo("cn=a(b),{user}");
    assertThat(filter.getComponents()[2].getAssertionValue()).isEqualTo("{dn}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "(uid=ada)",
        "({user}=ada)",
        "(&(uid={user})({user}=x))",
        "(!({user}=x))",
        "(uid:{user}:=ada)",
        "(uid={user}",
        "(uid={user})(cn=x)",
        "(&(uid={user})(member={dn}))",
        "(&(uid={user})(cn={other}))"
      })
  void shouldRefuseATemplateWhoseNameIsMoreThanAValue(String text) {
    assertThatThrownBy(() -> FilterTemplate.of(text, USER))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
