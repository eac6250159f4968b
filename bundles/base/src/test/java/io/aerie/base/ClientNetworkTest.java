package io.aerie.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class ClientNetworkTest {
  @Test
  void shouldTakeANetworkOfIpv6AsOneAddress() {
    assertThat(ClientNetwork.of("2001:db8:1:2::1"))
        .isEqualTo(ClientNetwork.of("2001:db8:1:2:3::9"))
        .isNotEqualTo(ClientNetwork.of("2001:db8:1:3::1"));
    assertThat(ClientNetwork.of("192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(ClientNetwork.of("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(ClientNetwork.of("local")).isEqualTo("local");
  }

  @Test
  void shouldCountASocketAsItsAddress() throws Exception {
    for (String address : new String[] {"192.0.2.1", "2001:db8:1:2::1"}) {
      assertThat(ClientNetwork.of(new InetSocketAddress(InetAddress.getByName(address), 4321)))
          .isEqualTo(ClientNetwork.of(address));
    }
  }
}
