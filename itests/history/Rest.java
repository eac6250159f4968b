package io.aerie.history;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** REST of all nodes, with the cluster's CA pinned and a token of its own. */
final class Rest {
  /** Longer than a node lets a request wait for others (10 s). */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]*)\"");

  private final HttpClient http;
  private final List<String> nodes;
  private String authorization;

  Rest(Path authority, Path credentials, List<String> nodes)
      throws GeneralSecurityException, IOException, InterruptedException {
    this.nodes = List.copyOf(nodes);
    http =
        HttpClient.newBuilder()
            .sslContext(trusting(authority))
            .connectTimeout(CONNECT_PATIENCE)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    List<String> pair = Files.readAllLines(credentials).subList(0, 2);
    byte[] bytes = String.join(":", pair).getBytes(StandardCharsets.UTF_8);
    authorization = "Basic " + Base64.getEncoder().encodeToString(bytes);
    String wanted = "{\"name\":\"history\",\"role\":\"administrator\",\"validity\":\"24h\"}";
    authorization = "Bearer " + first(TOKEN, send(0, "POST", "/tokens", wanted, -1).body());
  }

  private static SSLContext trusting(Path authority) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    byte[] pem = Files.readAllBytes(authority);
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  int nodes() {
    return nodes.size();
  }

  /**
   * @param expected the revision for If-Match; below 1 for none
   */
  HttpResponse<String> send(int node, String method, String path, String body, long expected)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(nodes.get(node) + "/api/v1" + path))
            .timeout(PATIENCE)
            .header("Authorization", authorization);
    if (expected > 0) {
      request.header("If-Match", "\"" + expected + "\"");
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }
}
