package io.aerie.configdb.ldap;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.ModificationType;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A directory in memory with real LDAP and TLS on loopback: users ada and bob below {@code
 * ou=people}, groups below {@code ou=groups}, and one who may search. Its fault model: it is there
 * or it is stopped; what hangs is another server's part.
 */
final class TestDirectory implements AutoCloseable {
  static final String BASE = "dc=example,dc=org";
  static final String SEARCHER = "cn=aerie," + BASE;
  static final String SEARCHER_PASSWORD = "s3archer-secret";
  static final String ADMINISTRATORS = "cn=storage-admins,ou=groups," + BASE;
  static final String OPERATORS = "cn=storage-operators,ou=groups," + BASE;

  private final InMemoryDirectoryServer server;
  private final TestCertificate certificate;
  private final List<String> binds = new CopyOnWriteArrayList<>();

  private TestDirectory(InMemoryDirectoryServerConfig config, TestCertificate certificate)
      throws Exception {
    this.certificate = certificate;
    config.setSchema(null);
    config.addAdditionalBindCredentials(SEARCHER, SEARCHER_PASSWORD);
    config.addInMemoryOperationInterceptor(
        new InMemoryOperationInterceptor() {
          @Override
          public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) {
            binds.add(request.getRequest().getBindDN());
          }
        });
    server = new InMemoryDirectoryServer(config);
    server.add("dn: " + BASE, "objectClass: domain", "dc: example");
    server.add("dn: ou=people," + BASE, "objectClass: organizationalUnit", "ou: people");
    server.add("dn: ou=groups," + BASE, "objectClass: organizationalUnit", "ou: groups");
    person("ada", "ada's password");
    person("bob", "bob's password");
    group(ADMINISTRATORS, "ada");
    group(OPERATORS, "bob");
    server.startListening();
  }

  static TestDirectory ldaps() throws Exception {
    return ldaps(TestCertificate.of("127.0.0.1"));
  }

  static TestDirectory ldaps(TestCertificate certificate) throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPSConfig(
            "ldaps",
            InetAddress.getLoopbackAddress(),
            0,
            certificate.context().getServerSocketFactory(),
            null));
    return new TestDirectory(config, certificate);
  }

  static TestDirectory startTls() throws Exception {
    return startTls(TestCertificate.of("127.0.0.1"));
  }

  static TestDirectory startTls(TestCertificate certificate) throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig(
            "ldap", InetAddress.getLoopbackAddress(), 0, certificate.context().getSocketFactory()));
    return new TestDirectory(config, certificate);
  }

  static TestDirectory plain() throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig(
            "plain", InetAddress.getLoopbackAddress(), 0, null));
    return new TestDirectory(config, null);
  }

  void person(String name, String password) throws Exception {
    server.add(
        "dn: uid=" + name + ",ou=people," + BASE,
        "objectClass: inetOrgPerson",
        "uid: " + name,
        "cn: " + name,
        "sn: " + name,
        "userPassword: " + password);
  }

  private void group(String dn, String member) throws Exception {
    server.add(
        "dn: " + dn, "objectClass: groupOfNames", "member: uid=" + member + ",ou=people," + BASE);
  }

  void change(String dn, ModificationType type, String attribute, String value) throws Exception {
    server.modify(dn, new com.unboundid.ldap.sdk.Modification(type, attribute, value));
  }

  int port() {
    return server.getListenPort();
  }

  String pem() {
    return certificate == null ? "" : certificate.pem();
  }

  /** Names that tried a password, in order. */
  List<String> binds() {
    return binds;
  }

  @Override
  public void close() {
    server.shutDown(true);
  }
}
