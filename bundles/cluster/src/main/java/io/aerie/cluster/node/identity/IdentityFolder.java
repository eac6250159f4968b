package io.aerie.cluster.node.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.cluster.node.pki.Refused;
import io.aerie.cluster.node.pki.SuppliedCredential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code DATA/cluster}, all files of mode 0600 in a folder of mode 0700. It is written beside its
 * place as {@code cluster.new}, forced, and renamed: it is there whole or not at all.
 *
 * <pre>
 *  identity      {"format": 1, "clusterId": UUID, "clusterName": ..., "node": "n1",
 *                 "founder": true|false, "storePassword": ...}
 *  node.p12      key and chain, entry "node"      node-key.pem  the same key, PKCS 8
 *  trust.p12     the CA's certificate, entry "ca" node.pem      the node's certificate and the CA's
 *  ca.pem        the CA's certificate             ca-key.pem    its key, PKCS 8
 *  members.json  {"members": [...]}: the other members as last seen; the one file that changes often
 *  trusted.pem   while the CA is rotated: other CAs that are trusted; then also in trust.p12
 *  rest.pem      while a certificate is supplied for REST: its chain and key
 *  refused.json  {"keys": [...], "serials": [...]}: members that were removed, see {@link Refused}
 *  leaving.json  {"nodes": [...]}: members that are being removed, which no log takes in
 *  removed       this node itself was removed from the cluster: the sentence that says so
 *  change.json   a change of keys and certificates that is under way, see {@link MaterialFiles}
 * </pre>
 */
public final class IdentityFolder {
  private static final Logger log = LoggerFactory.getLogger(IdentityFolder.class);
  private static final int FORMAT = 1;
  private static final int PASSWORD_BYTES = 24;
  static final String IDENTITY = "identity";
  static final String MEMBERS = "members.json";
  static final String KEY_STORE = "node.p12";
  static final String TRUST_STORE = "trust.p12";
  static final String CHAIN = "node.pem";
  static final String KEY = "node-key.pem";
  static final String AUTHORITY = "ca.pem";
  static final String AUTHORITY_KEY = "ca-key.pem";
  static final String TRUSTED = "trusted.pem";
  private static final String REST = "rest.pem";
  private static final String REFUSED = "refused.json";
  private static final String LEAVING = "leaving.json";
  private static final String REMOVED = "removed";

  private final Path data;
  private final Path folder;

  /**
   * @param data the node's data folder
   */
  public IdentityFolder(Path data) {
    this.data = data;
    this.folder = data.resolve("cluster");
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  Path data() {
    return data;
  }

  /** Makes the data folder (0700) and clears what an interrupted {@link #create} left. */
  public void prepare() throws IOException {
    AtomicFiles.makeFolder(data);
    AtomicFiles.deleteFolder(data.resolve("cluster.new"));
  }

  /** Whether this node is a member already. */
  public boolean exists() {
    return Files.exists(folder);
  }

  /** Writes a new identity. */
  public void create(IdentityMaterial material, SecureRandom random)
      throws IOException, GeneralSecurityException {
    byte[] secret = new byte[PASSWORD_BYTES];
    random.nextBytes(secret);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    Path fresh = data.resolve("cluster.new");
    AtomicFiles.deleteFolder(fresh);
    AtomicFiles.makeFolder(fresh);
    ObjectNode identity = MemberJson.object();
    identity.put("format", FORMAT);
    identity.put("clusterId", material.clusterId());
    identity.put("clusterName", material.clusterName());
    identity.put("node", material.node().value());
    identity.put("founder", material.founder());
    identity.put("storePassword", password);
    for (Map.Entry<String, byte[]> file : MaterialFiles.of(material, password).entrySet()) {
      if (file.getValue().length > 0) {
        AtomicFiles.create(fresh.resolve(file.getKey()), file.getValue());
      }
    }
    create(fresh, MEMBERS, membersText(material.members()));
    create(fresh, IDENTITY, identity.toPrettyString());
    AtomicFiles.sync(fresh);
    Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.sync(data);
  }

  private static void create(Path folder, String name, String content) throws IOException {
    AtomicFiles.create(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }

  private static String membersText(List<Member> members) {
    ObjectNode object = MemberJson.object();
    object.set("members", MemberJson.write(members));
    return object.toPrettyString();
  }

  /** Remembers the other members. */
  void writeMembers(List<Member> members) throws IOException {
    AtomicFiles.replace(file(MEMBERS), membersText(members).getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces keys and certificates; a crash leaves the former or the new, nothing mixed. */
  void writeMaterial(IdentityMaterial material, String storePassword)
      throws IOException, GeneralSecurityException {
    MaterialFiles.replace(folder, MaterialFiles.of(material, storePassword));
  }

  /** The certificate for REST that was remembered, if it can be read. */
  Optional<Credential> readRest() throws IOException {
    Path file = file(REST);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file);
    int key = text.indexOf(Pem.BEGIN_KEY);
    try {
      return Optional.of(SuppliedCredential.read(text.substring(0, key), text.substring(key)));
    } catch (AerieException | IndexOutOfBoundsException e) {
      // a copy only: ConfigDB has it
      log.warn("{} can't be used; waiting for ConfigDB's certificate", file, e);
      return Optional.empty();
    }
  }

  /** Remembers REST's certificate, so that it is shown from the start, before ConfigDB is open. */
  void writeRest(Optional<Credential> credential) throws IOException, GeneralSecurityException {
    if (credential.isEmpty()) {
      Files.deleteIfExists(file(REST));
      AtomicFiles.sync(folder);
      return;
    }
    String text = Pem.of(credential.get().chain()) + Pem.of(credential.get().key());
    AtomicFiles.replace(file(REST), text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whom this node refuses, as far as it learnt; a copy of what ConfigDB has. */
  Refused readRefused() throws IOException {
    if (!Files.exists(file(REFUSED))) {
      return Refused.NONE;
    }
    try {
      JsonNode object = MemberJson.parse(text(REFUSED));
      return new Refused(
          MemberJson.texts(object.path("keys")), MemberJson.texts(object.path("serials")));
    } catch (IllegalArgumentException e) {
      throw corrupt(REFUSED + " can't be read: " + e.getMessage() + ".", e);
    }
  }

  /** Remembers whom to refuse, from the next start on, before ConfigDB is open. */
  void writeRefused(Refused refused) throws IOException {
    ObjectNode object = MemberJson.object();
    new TreeSet<>(refused.keys()).forEach(object.putArray("keys")::add);
    new TreeSet<>(refused.serials()).forEach(object.putArray("serials")::add);
    AtomicFiles.replace(file(REFUSED), object.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Who is being removed, as far as this node learnt; a copy of what ConfigDB has. */
  Set<NodeId> readLeaving() throws IOException {
    if (!Files.exists(file(LEAVING))) {
      return Set.of();
    }
    try {
      return MemberJson.texts(MemberJson.parse(text(LEAVING)).path("nodes")).stream()
          .map(NodeId::new)
          .collect(Collectors.toUnmodifiableSet());
    } catch (IllegalArgumentException e) {
      throw corrupt(LEAVING + " can't be read: " + e.getMessage() + ".", e);
    }
  }

  /** Remembers who is being removed, from the next start on, before ConfigDB is open. */
  void writeLeaving(Set<NodeId> nodes) throws IOException {
    ObjectNode object = MemberJson.object();
    ArrayNode names = object.putArray("nodes");
    nodes.stream().map(NodeId::value).sorted().forEach(names::add);
    AtomicFiles.replace(file(LEAVING), object.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Why this node is no member any more, if it was removed. */
  public Optional<String> removed() throws IOException {
    return Files.exists(file(REMOVED))
        ? Optional.of(Files.readString(file(REMOVED)))
        : Optional.empty();
  }

  /** This node was removed: it is no member from now on, whatever else is in the folder. */
  public void writeRemoved(String why) throws IOException {
    AtomicFiles.replace(file(REMOVED), why.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What is in the folder.
   *
   * @param material the identity
   * @param storePassword of the two stores
   */
  record StoredMaterial(IdentityMaterial material, String storePassword) {
    /** Never prints the password. */
    @Override
    public String toString() {
      return "stored material";
    }
  }

  /** Reads all of it; CORRUPT when a part is missing, unreadable, or doesn't fit the others. */
  StoredMaterial read() throws IOException {
    try {
      MaterialFiles.finish(folder);
      JsonNode identity = MemberJson.parse(text(IDENTITY));
      if (identity.path("format").asInt() != FORMAT) {
        throw new AerieException(
            ErrorCode.UNSUPPORTED_FORMAT,
            "the identity in " + folder + " has the format " + identity.path("format").asText("?"),
            "This release knows format " + FORMAT + ".",
            "Start the release that wrote it, or a newer one.");
      }
      CertificateAuthority authority =
          new CertificateAuthority(
              Pem.certificate(text(AUTHORITY)), Pem.privateKey(text(AUTHORITY_KEY)));
      IdentityMaterial material =
          new IdentityMaterial(
              MemberJson.text(identity, "clusterId"),
              MemberJson.text(identity, "clusterName"),
              new NodeId(MemberJson.text(identity, "node")),
              identity.path("founder").asBoolean(),
              authority,
              alsoTrusted(),
              Pem.privateKey(text(KEY)),
              Pem.certificate(text(CHAIN)),
              readMembers());
      check(material);
      return new StoredMaterial(material, MemberJson.text(identity, "storePassword"));
    } catch (AerieException e) {
      throw e.code() == ErrorCode.INVALID_NAME ? corrupt(e.getMessage() + ".", e) : e;
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw corrupt(String.valueOf(e.getMessage()) + ".", e);
    }
  }

  private static void check(IdentityMaterial material) throws GeneralSecurityException {
    material.certificate().verify(material.authority().certificate().getPublicKey());
    if (!Keys.belongTogether(material.key(), material.certificate().getPublicKey())
        || !Keys.belongTogether(
            material.authority().key(), material.authority().certificate().getPublicKey())) {
      throw new GeneralSecurityException("a key and its certificate don't belong together");
    }
  }

  private List<X509Certificate> alsoTrusted() throws IOException, GeneralSecurityException {
    return Files.exists(file(TRUSTED)) ? Pem.certificates(text(TRUSTED)) : List.of();
  }

  private List<Member> readMembers() throws IOException {
    return MemberJson.members(MemberJson.parse(text(MEMBERS)).path("members"));
  }

  private String text(String name) throws IOException {
    if (!Files.isRegularFile(file(name))) {
      throw corrupt("The file " + name + " is missing.", null);
    }
    return Files.readString(file(name));
  }

  AerieException corrupt(String why, Throwable cause) {
    return new AerieException(
        ErrorCode.CORRUPT,
        "the node's identity in " + folder + " can't be used",
        why,
        "Bring the folder back from a backup; or remove the node from the cluster, empty its data"
            + " folder and let it join under another name.",
        cause);
  }
}
