package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.CertificateFacts;
import io.aerie.cluster.identity.RestCertificate;
import java.util.List;
import java.util.Locale;

/** Certificates as users see them; keys are nowhere. */
public final class SecurityViews {
  private SecurityViews() {}

  /** The certificate that REST shows, and the node's own. */
  public static ObjectNode of(RestCertificate.View view) {
    ObjectNode node = identified("certificate", view.revision());
    node.put("source", view.supplied().isPresent() ? "supplied" : "cluster");
    node.set("supplied", view.supplied().map(SecurityViews::of).orElse(null));
    node.set("own", of(view.own()));
    return node;
  }

  /** The cluster's CA, and how far its rotation is. */
  public static ObjectNode of(AuthorityRotation.State state) {
    ObjectNode node = identified("ca", state.revision());
    node.put("phase", state.phase().name().toLowerCase(Locale.ROOT)).put("hold", state.hold());
    names(node.putArray("waitingFor"), state.waitingFor());
    names(node.putArray("without"), state.without());
    node.set("issuing", of(state.issuing()));
    node.set("next", state.next().map(SecurityViews::of).orElse(null));
    StringBuilder trusted = new StringBuilder();
    state.trusted().forEach(facts -> trusted.append(facts.pem()));
    state
        .next()
        .filter(next -> state.trusted().stream().noneMatch(next::equals))
        .ifPresent(next -> trusted.append(next.pem()));
    return node.put("trustedPem", trusted.toString());
  }

  private static ObjectNode identified(String id, long revision) {
    return Views.mapper()
        .createObjectNode()
        .put("id", id)
        .put("name", id)
        .put("revision", revision);
  }

  private static void names(ArrayNode array, List<NodeId> nodes) {
    nodes.forEach(node -> array.add(node.value()));
  }

  private static ObjectNode of(CertificateFacts facts) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("subject", facts.subject())
            .put("issuer", facts.issuer())
            .put("serial", facts.serial())
            .put("fingerprint", facts.fingerprint())
            .put("notBefore", facts.notBefore().toString())
            .put("notAfter", facts.notAfter().toString());
    facts.names().forEach(node.putArray("names")::add);
    return node.put("key", facts.key()).put("pem", facts.pem());
  }
}
