package io.aerie.cluster.node.pki;

import java.util.List;
import java.util.Optional;

/**
 * Shows the node's present certificate, also after it changed. The one before stays known, for
 * handshakes that chose it and haven't taken the key yet.
 */
final class LiveKeys extends CredentialManager {
  private volatile List<Credential> known;

  LiveKeys(Credential first) {
    known = List.of(first);
  }

  synchronized void use(Credential fresh) {
    known = List.of(fresh, known.get(0));
  }

  Credential present() {
    return known.get(0);
  }

  @Override
  Credential choose(Optional<String> askedHost) {
    return present();
  }

  @Override
  List<Credential> known() {
    return known;
  }
}
