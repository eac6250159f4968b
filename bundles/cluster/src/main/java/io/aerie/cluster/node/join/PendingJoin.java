package io.aerie.cluster.node.join;

import io.aerie.base.AerieException;
import io.aerie.base.NodeId;
import io.aerie.cluster.node.identity.AtomicFiles;
import io.aerie.cluster.node.pki.CertificateRequest;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key and request of a join that is under way, kept in {@code DATA/join.pem} until it is done:
 * a node whose answer was lost, even by a crash, asks again as the same.
 *
 * @param key the node's key
 * @param requestPem its certificate request
 */
record PendingJoin(PrivateKey key, String requestPem) {
  private static final Logger log = LoggerFactory.getLogger(PendingJoin.class);
  private static final String FILE = "join.pem";

  static PendingJoin resume(Path data, NodeId node, SecureRandom random)
      throws IOException, GeneralSecurityException {
    Path file = data.resolve(FILE);
    if (Files.exists(file)) {
      String text = Files.readString(file);
      try {
        CertificateRequest.verify(text, node);
        return new PendingJoin(
            Pem.privateKey(text), text.substring(0, text.indexOf(END) + END.length()));
      } catch (AerieException | GeneralSecurityException e) {
        log.info("{} is of another attempt to join; beginning anew", file, e);
      }
    }
    KeyPair keys = Keys.make(random);
    PendingJoin fresh = new PendingJoin(keys.getPrivate(), CertificateRequest.make(keys, node));
    String text = fresh.requestPem() + Pem.of(fresh.key());
    AtomicFiles.replace(file, text.getBytes(StandardCharsets.UTF_8));
    return fresh;
  }

  private static final String END = "-----END CERTIFICATE REQUEST-----\n";

  static void done(Path data) throws IOException {
    Files.deleteIfExists(data.resolve(FILE));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "PendingJoin";
  }
}
