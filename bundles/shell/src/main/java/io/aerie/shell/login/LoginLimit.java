package io.aerie.shell.login;

import io.aerie.base.ClientNetwork;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections over SSH on which nobody has logged in yet. Each costs some 26 KiB of the
 * heap (measured), may last for two minutes, and the container's own limit counts sessions of users
 * only: strangers could fill the memory of the process that serves storage. One too many is closed
 * without a word, as there is no protocol yet to tell why.
 *
 * <p>Also has the server forward nothing: no ports, agents or screens. The container's own setting
 * is to forward all, which would make a node a way around the networks' walls.
 */
@Component(
    service = {},
    immediate = true)
public final class LoginLimit implements SessionListener {
  private static final int ALL_MAX = 256;
  private static final int PER_ADDRESS_MAX = 64;

  private static final Logger logger = LoggerFactory.getLogger(LoginLimit.class);
  private static final long LOG_PAUSE_NS = TimeUnit.SECONDS.toNanos(60);

  private final int allMax;
  private final int perAddressMax;

  /** Sessions before their login, the oldest first, and where each comes from. */
  private final Map<Session, String> before = new LinkedHashMap<>();

  private long loggedNs = System.nanoTime() - LOG_PAUSE_NS;

  /** With the limits of docs/security.md. */
  @Activate
  public LoginLimit() {
    this(ALL_MAX, PER_ADDRESS_MAX);
  }

  LoginLimit(int allMax, int perAddressMax) {
    this.allMax = allMax;
    this.perAddressMax = perAddressMax;
  }

  /** The container makes another server when its settings change, and may leave the old one. */
  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  public void bindServer(SshServer server) {
    server.addSessionListener(this);
    server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
  }

  /** Listens to it no longer. It forwards nothing still. */
  public void unbindServer(SshServer server) {
    server.removeSessionListener(this);
  }

  @Override
  public void sessionCreated(Session session) {
    // outside of the lock: closing waits for others
    add(session).ifPresent(excess -> excess.close(true));
  }

  /** Who must go for a new one to stay, if anybody: maybe the new one. */
  private synchronized Optional<Session> add(Session session) {
    String address = ClientNetwork.of(session.getIoSession().getRemoteAddress());
    before.put(session, address);
    Map<String, Integer> perAddress = new HashMap<>();
    before.values().forEach(each -> perAddress.merge(each, 1, Integer::sum));
    if (perAddress.get(address) > perAddressMax) {
      logExcess(perAddress.get(address), address);
      before.remove(session);
      return Optional.of(session);
    }
    if (before.size() <= allMax) {
      return Optional.empty();
    }
    // several who hoard together keep nobody out: of those with most, the oldest goes
    int most = Collections.max(perAddress.values());
    Session oldest =
        before.entrySet().stream()
            .filter(entry -> perAddress.get(entry.getValue()) == most)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    logExcess(most, before.get(oldest));
    before.remove(oldest);
    return Optional.of(oldest);
  }

  private void logExcess(int ofAddress, String address) {
    if (System.nanoTime() - loggedNs > LOG_PAUSE_NS) {
      loggedNs = System.nanoTime();
      logger.warn(
          "Connections over SSH are closed: before login there are {} of at most {}, {} of at most"
              + " {} from {}",
          before.size(),
          allMax,
          ofAddress,
          perAddressMax,
          address);
    }
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.Authenticated) {
      forget(session);
    }
  }

  @Override
  public void sessionClosed(Session session) {
    forget(session);
  }

  private synchronized void forget(Session session) {
    before.remove(session);
  }
}
