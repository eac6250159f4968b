package io.aerie.shell.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain sockets at a real server: who is let in is told its version, who isn't sees the end. */
@Timeout(60)
class LoginLimitTest {
  private static final int ALL_MAX = 6;
  private static final int PER_ADDRESS_MAX = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<Socket> held = new ArrayList<>();
  private final LoginLimit limit = new LoginLimit(ALL_MAX, PER_ADDRESS_MAX);
  private final SshServer server = SshServer.setUpDefaultServer();
  private final SshClient client = SshClient.setUpDefaultClient();

  @BeforeEach
  void start() throws Exception {
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(
        KeyPairProvider.wrap(SecurityUtils.getKeyPairGenerator("EC").generateKeyPair()));
    server.setPasswordAuthenticator((user, password, session) -> password.equals("right"));
    server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    limit.bindServer(server);
    server.start();
    client.setServerKeyVerifier((session, address, key) -> true);
    client.start();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : held) {
      socket.close();
    }
    client.stop();
    server.stop(true);
  }

  private boolean isTaken(int from) throws IOException {
    Socket socket = new Socket();
    held.add(socket);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.bind(new InetSocketAddress(loopback(from), 0));
    socket.connect(new InetSocketAddress(loopback(1), server.getPort()));
    try {
      return socket.getInputStream().read() == 'S';
    } catch (IOException e) {
      return false;
    }
  }

  /** All of 127.0.0.0/8 is this machine's. */
  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private int taken(int from, int attempts) throws IOException {
    int taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += isTaken(from) ? 1 : 0;
    }
    return taken;
  }

  private ClientSession logIn() throws IOException {
    ClientSession session =
        client.connect("ada", "127.0.0.1", server.getPort()).verify(PATIENCE).getSession();
    session.addPasswordIdentity("right");
    session.auth().verify(PATIENCE);
    return session;
  }

  @Test
  void shouldRefuseMoreOfAnAddressAndLetOthersLogIn() throws Exception {
    assertThat(taken(2, 2 * PER_ADDRESS_MAX)).isEqualTo(PER_ADDRESS_MAX);
    assertThat(logIn().isAuthenticated()).isTrue();
  }

  @Test
  void shouldCloseTheOldestOfWhoHoldsMostForANewOne() throws Exception {
    assertThat(taken(2, 4) + taken(3, 2)).isEqualTo(ALL_MAX);
    assertThat(taken(4, 1)).isEqualTo(1);
    // until its end
    held.get(0).getInputStream().readAllBytes();
    assertThat(logIn().isAuthenticated()).isTrue();
  }

  @Test
  void shouldNotCountThoseWhoLoggedInNorThoseWhoWent() throws Exception {
    List<ClientSession> sessions = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      sessions.add(logIn());
    }
    assertThat(taken(1, PER_ADDRESS_MAX)).isEqualTo(PER_ADDRESS_MAX);
    assertThat(sessions).allMatch(ClientSession::isOpen);
    assertThat(isTaken(1)).isFalse();
    held.get(0).close();
    // the server notices the end in its own time
    while (!isTaken(1)) {
      assertThat(held.size()).isLessThan(10_000);
    }
  }

  @Test
  void shouldForwardNothing() throws Exception {
    ClientSession session = logIn();
    SshdSocketAddress own = new SshdSocketAddress("127.0.0.1", server.getPort());
    assertThatThrownBy(
            () ->
                session
                    .createDirectTcpipChannel(new SshdSocketAddress("127.0.0.1", 1), own)
                    .open()
                    .verify(PATIENCE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> session.startRemotePortForwarding(SshdSocketAddress.LOCALHOST_ADDRESS, own))
        .isInstanceOf(IOException.class);
  }

  @Test
  void shouldLimitNothingAnyMoreWhenItIsGone() throws Exception {
    limit.unbindServer(server);
    assertThat(taken(2, 2 * ALL_MAX)).isEqualTo(2 * ALL_MAX);
  }
}
