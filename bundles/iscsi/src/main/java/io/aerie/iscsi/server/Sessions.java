package io.aerie.iscsi.server;

import io.aerie.storage.reservation.Nexus;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Sessions of this node that are in the full feature phase. Any thread. */
final class Sessions {
  private static final int HANDLE_MAX = 65535;

  private final Map<Key, Session> byKey = new ConcurrentHashMap<>();
  private int lastHandle;

  /**
   * What makes a session one, RFC 7143, section 4.4.3; there is one portal group a node.
   *
   * @param qualifier the initiator's ISID
   * @param target empty for discovery
   */
  record Key(String initiator, long qualifier, String target) {
    /** The initiator's port with one of ours, as reservations know it. */
    Nexus nexus(int port) {
      return new Nexus(initiator + String.format(",i,0x%012x", qualifier), port);
    }
  }

  /** A handle (TSIH) that was not given for a long time. */
  synchronized int newHandle() {
    lastHandle = lastHandle % HANDLE_MAX + 1;
    return lastHandle;
  }

  /**
   * Enters a session. One of the same key ends first: the initiator has lost it (section 6.3.5).
   * Complete when nothing of that one takes effect any more.
   */
  CompletableFuture<Void> enter(Session session) {
    Session former = byKey.put(session.key(), session);
    return former == null ? CompletableFuture.completedFuture(null) : former.end();
  }

  void leave(Session session) {
    byKey.remove(session.key(), session);
  }

  Collection<Session> all() {
    return byKey.values();
  }

  List<Session> ofTarget(String target) {
    return byKey.values().stream().filter(one -> one.key().target().equals(target)).toList();
  }

  boolean hasHandle(int handle) {
    return byKey.values().stream().anyMatch(one -> one.handle() == handle);
  }
}
