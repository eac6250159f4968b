package io.aerie.cluster.node.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.identity.TlsMaterial;
import io.aerie.cluster.node.identity.IdentityFolder.StoredMaterial;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.LiveTls;
import io.aerie.cluster.node.pki.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The identity in {@link IdentityFolder}, with the endpoints of the present configuration. */
public final class StoredIdentity implements ClusterIdentity {
  private static final Logger log = LoggerFactory.getLogger(StoredIdentity.class);

  /** A certificate with less left is renewed at start: nodes run for months. */
  private static final Duration RENEWAL = Duration.ofDays(365);

  private static final String FILE = "identity";

  private final IdentityFolder folder;
  private final String storePassword;
  private final Member self;
  private final Clock clock;
  private final SecureRandom random;
  private final LiveTls live;
  private final TlsMaterial tls;
  private volatile IdentityMaterial material;
  private volatile Optional<Credential> supplied;
  private volatile List<Member> seeds;
  private Refused refused;
  private volatile Set<NodeId> leaving;

  private StoredIdentity(
      IdentityFolder folder, StoredMaterial stored, Member self, Clock clock, SecureRandom random)
      throws IOException, GeneralSecurityException {
    this.folder = folder;
    this.material = stored.material();
    this.storePassword = stored.storePassword();
    this.self = self;
    this.clock = clock;
    this.random = random;
    this.supplied = folder.readRest();
    this.seeds = material.members();
    this.live =
        new LiveTls(
            material.credential(),
            material.trusted(),
            supplied,
            self.endpoint(Service.REST).host());
    this.leaving = folder.readLeaving();
    this.refused = folder.readRefused();
    live.refuse(refused);
    this.tls =
        new TlsMaterial(
            folder.file(IdentityFolder.KEY_STORE),
            folder.file(IdentityFolder.TRUST_STORE),
            storePassword,
            folder.file(IdentityFolder.CHAIN),
            folder.file(IdentityFolder.KEY),
            folder.file(IdentityFolder.AUTHORITY),
            live.keyManager(),
            live.trustManager(),
            live.context());
  }

  /**
   * Reads the identity; renews the certificate when its time runs out or the node has a new host.
   * INVALID_VALUE when the configured name is another than the node has, CORRUPT when the folder
   * can't be used.
   */
  public static StoredIdentity open(
      IdentityFolder folder, Member self, Clock clock, SecureRandom random)
      throws IOException, GeneralSecurityException {
    StoredMaterial stored = folder.read();
    IdentityMaterial material = stored.material();
    if (!material.node().equals(self.id())) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'node' is '" + self.id() + "' but this node is '" + material.node() + "'",
          "The name is in its certificate since it became a member (" + folder.file(FILE) + ").",
          "Set node=" + material.node() + ".");
    }
    StoredIdentity identity = new StoredIdentity(folder, stored, self, clock, random);
    identity.renewIfDue();
    return identity;
  }

  /**
   * Takes a new certificate when the present one's time runs out or it doesn't name a host.
   *
   * @return whether it did
   */
  public synchronized boolean renewIfDue() throws IOException, GeneralSecurityException {
    Set<String> hosts = hosts(self);
    X509Certificate certificate = material.certificate();
    if (!isDue(certificate, hosts, clock)) {
      return false;
    }
    use(
        material.with(
            material.authority(),
            material.alsoTrusted(),
            material.key(),
            material
                .authority()
                .issue(certificate.getPublicKey(), self.id(), hosts, clock, random)));
    log.info("Renewed the certificate of {} for {}", self.id(), hosts);
    return true;
  }

  /** Trusts these CAs, too, beside the one that issues. */
  public synchronized void trustAlso(List<X509Certificate> others)
      throws IOException, GeneralSecurityException {
    if (!others.equals(material.alsoTrusted())) {
      use(material.with(material.authority(), others, material.key(), material.certificate()));
    }
  }

  /** Takes a new key and a certificate of another CA, and goes on to trust the former CA. */
  public synchronized void moveTo(CertificateAuthority authority)
      throws IOException, GeneralSecurityException {
    X509Certificate former = material.authority().certificate();
    if (former.equals(authority.certificate())) {
      return;
    }
    KeyPair keys = Keys.make(random);
    use(
        material.with(
            authority,
            List.of(former),
            keys.getPrivate(),
            authority.issue(keys.getPublic(), self.id(), hosts(self), clock, random)));
  }

  /** On disk first: after a crash the node is at least as far as it told others. */
  private void use(IdentityMaterial fresh) throws IOException, GeneralSecurityException {
    folder.writeMaterial(fresh, storePassword);
    material = fresh;
    live.use(fresh.credential(), fresh.trusted());
  }

  /**
   * REST shows this certificate from now on, or the node's own.
   *
   * @return whether that is a change
   */
  public synchronized boolean showOverRest(Optional<Credential> credential)
      throws IOException, GeneralSecurityException {
    if (credential.equals(supplied)) {
      return false;
    }
    folder.writeRest(credential);
    live.useForRest(credential);
    supplied = credential;
    return true;
  }

  /** Refuses these from now on, also after a restart. */
  public synchronized void refuse(Refused those) throws IOException, GeneralSecurityException {
    if (those.equals(refused)) {
      return;
    }
    folder.writeRefused(those);
    live.refuse(those);
    refused = those;
  }

  /** These are being removed: no log takes them in from now on, also after a restart. */
  public synchronized void takeInNoMore(Set<NodeId> those) throws IOException {
    if (those.equals(leaving)) {
      return;
    }
    folder.writeLeaving(those);
    leaving = Set.copyOf(those);
  }

  @Override
  public Set<NodeId> leaving() {
    return leaving;
  }

  /** This node was removed from the cluster, and stays outside after a restart. */
  public void markRemoved(String why) throws IOException {
    folder.writeRemoved(why);
  }

  /** What was supplied for REST. */
  public Optional<Credential> supplied() {
    return supplied;
  }

  /** The hosts that a member's certificate must name. */
  public static Set<String> hosts(Member member) {
    return member.endpoints().values().stream().map(Endpoint::host).collect(Collectors.toSet());
  }

  private static boolean isDue(X509Certificate certificate, Set<String> hosts, Clock clock)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    Set<String> present =
        names == null
            ? Set.of()
            : names.stream().map(name -> String.valueOf(name.get(1))).collect(Collectors.toSet());
    // an IPv6 address is spelt in many ways: never a reason to renew at each start
    boolean missing =
        hosts.stream().anyMatch(host -> !host.contains(":") && !present.contains(host));
    return missing || certificate.getNotAfter().toInstant().isBefore(clock.instant().plus(RENEWAL));
  }

  @Override
  public String clusterId() {
    return material.clusterId();
  }

  @Override
  public String clusterName() {
    return material.clusterName();
  }

  @Override
  public Member self() {
    return self;
  }

  @Override
  public List<Member> seeds() {
    return seeds;
  }

  @Override
  public boolean founder() {
    return material.founder();
  }

  @Override
  public TlsMaterial tls() {
    return tls;
  }

  @Override
  public SSLContext restContext() {
    return live.restContext();
  }

  /** All CAs that are trusted, the issuing one first. */
  public List<X509Certificate> trusted() {
    return material.trusted();
  }

  /** What this node shows to others. */
  public Credential credential() {
    return material.credential();
  }

  /** HMAC-SHA-256 (RFC 2104) with the CA's private number as key: all members have it. */
  @Override
  public byte[] secret(String purpose) {
    byte[] key = ((ECPrivateKey) material.authority().key()).getS().toByteArray();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(("aerie/" + clusterId() + "/" + purpose).getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The cluster's CA, for admission. */
  public CertificateAuthority authority() {
    return material.authority();
  }

  /** This node's certificate. */
  public X509Certificate certificate() {
    return material.certificate();
  }

  /** The serial number of this node's certificate, hexadecimal. */
  public String certificateSerial() {
    return material.certificate().getSerialNumber().toString(16);
  }

  @Override
  public Path dataDirectory(String name) {
    Names.check("folder", name);
    Path directory = folder.data().resolve(name);
    try {
      AtomicFiles.makeFolder(directory);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "the folder " + directory + " can't be made", e.toString(), "", e);
    }
    return directory;
  }

  /** A member was seen: its endpoints as they are now. */
  public synchronized void memberSeen(Member member) throws IOException {
    if (!member.id().equals(self.id()) && !seeds.contains(member)) {
      Map<String, Member> all = byName();
      all.put(member.id().value(), member);
      remember(all);
    }
  }

  /**
   * A member left. The last seed is kept: one that doesn't answer costs nothing, but without any a
   * node can't find its cluster.
   */
  public synchronized void memberLeft(Member member) throws IOException {
    Map<String, Member> all = byName();
    if (all.size() > 1 && all.remove(member.id().value()) != null) {
      remember(all);
    }
  }

  private Map<String, Member> byName() {
    Map<String, Member> all = new TreeMap<>();
    seeds.forEach(seed -> all.put(seed.id().value(), seed));
    return all;
  }

  private void remember(Map<String, Member> all) throws IOException {
    List<Member> members = List.copyOf(all.values());
    folder.writeMembers(members);
    seeds = members;
  }
}
