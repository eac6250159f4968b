package io.aerie.face.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a change's arguments gets into the audit log. */
class AuditDetailsTest {
  @Test
  void shouldRecordWhatAChangeIsAboutAndNoSecret() {
    Map<String, String> details = new HashMap<>();
    AuditDetails.put(details, "provider", "ratis");
    AuditDetails.put(details, "policy", "manual");
    AuditDetails.put(details, "rebalance", "automatic");
    AuditDetails.put(details, "administrators", List.of("cn=a", "cn=b"));
    AuditDetails.put(details, "initiators", null);
    for (String secret :
        List.of("password", "passphrase", "bindPassword", "chap", "token", "keyPem", "file")) {
      AuditDetails.put(details, secret, "secret");
    }
    assertThat(details)
        .isEqualTo(
            Map.of(
                "provider", "ratis",
                "policy", "manual",
                "rebalance", "automatic",
                "administrators", "cn=a,cn=b"));
  }
}
