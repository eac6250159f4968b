package io.aerie.iscsi.server;

import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.TargetDefinition.Chap;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import io.aerie.iscsi.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login phase of a connection, RFC 7143, chapter 6.
 *
 * <pre>
 *   SECURITY --proven, or nothing to prove--> OPERATIONAL ----> full feature phase
 *      |                                                            ^
 *      +------------------------------------------------------------+
 * </pre>
 */
final class Login {
  private static final Logger LOG = LoggerFactory.getLogger(Login.class);

  private static final int TRANSIT = 0x80;
  private static final int CONTINUE = 0x40;
  private static final int SECURITY = 0;
  private static final int OPERATIONAL = 1;
  private static final int FULL_FEATURE = 3;
  private static final int NAME_LENGTH_MAX = 223;

  private final IscsiContext context;
  private final Connection connection;
  private final TextKeys keys = new TextKeys();
  private final Parameters parameters = new Parameters();
  private int stage = -1;
  private int unitCount;
  private long qualifier;
  private int firstNumber;
  private String initiator;
  private boolean discovery;
  private TargetDefinition target;
  private ChapExchange chap;
  private boolean proven;
  private Session entering;

  Login(IscsiContext context, Connection connection) {
    this.context = context;
    this.connection = connection;
  }

  /** A unit of the initiator; the data stay the caller's. */
  void complete(Header request, ByteBuf data) {
    if (request.opcode() != Opcodes.LOGIN_REQUEST || entering != null) {
      throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "not a login");
    }
    try {
      take(request, data);
    } catch (LoginRefusal e) {
      LOG.debug("Login of {} refused: {}", connection.client(), e.getMessage());
      answer(request, stage, /* transit= */ false, 0, e.status(), Map.of());
      connection.closeAfterAnswers();
    }
  }

  private void take(Header request, ByteBuf data) {
    int current = request.flags() >> 2 & 3;
    if (stage < 0) {
      begin(request, current);
    }
    boolean more = request.has(CONTINUE);
    if (current != stage
        || ++unitCount > IscsiLimits.LOGIN_UNITS_MAX
        || (more && request.has(TRANSIT))) {
      throw new LoginRefusal(LoginRefusal.INITIATOR_ERROR, "out of order");
    }
    keys.add(data);
    if (more) {
      answer(request, stage, /* transit= */ false, 0, 0, Map.of());
      return;
    }
    Map<String, String> said = keys.take();
    Map<String, String> answers = new LinkedHashMap<>();
    if (initiator == null) {
      identify(said, answers);
    }
    if (stage == SECURITY) {
      security(said, answers);
    } else {
      parameters.negotiate(said, answers);
    }
    proceed(request, answers);
  }

  private void begin(Header request, int current) {
    if (request.u8(3) > 0) {
      throw new LoginRefusal(LoginRefusal.UNSUPPORTED_VERSION, "version");
    }
    if (current != SECURITY && current != OPERATIONAL) {
      throw new LoginRefusal(LoginRefusal.INITIATOR_ERROR, "begins in no stage");
    }
    stage = current;
    qualifier = request.u64(8) >>> 16;
    firstNumber = request.u32(24);
    int handle = request.u16(14);
    if (handle != 0) {
      // A further connection of a session; MaxConnections is 1.
      throw new LoginRefusal(
          context.sessions().hasHandle(handle)
              ? LoginRefusal.TOO_MANY_CONNECTIONS
              : LoginRefusal.NO_SUCH_SESSION,
          "session " + handle);
    }
  }

  private void identify(Map<String, String> said, Map<String, String> answers) {
    String name = said.getOrDefault("InitiatorName", "");
    if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
      throw new LoginRefusal(LoginRefusal.MISSING_PARAMETER, "no InitiatorName");
    }
    initiator = name;
    switch (said.getOrDefault("SessionType", "Normal")) {
      case "Discovery" -> discovery = true;
      case "Normal" -> {
        if (!said.containsKey("TargetName")) {
          throw new LoginRefusal(LoginRefusal.MISSING_PARAMETER, "no TargetName");
        }
        target =
            context
                .targets()
                .find(said.get("TargetName"))
                .orElseThrow(() -> new LoginRefusal(LoginRefusal.NOT_FOUND, "no such target"));
        if (!target.admits(initiator)) {
          throw new LoginRefusal(LoginRefusal.AUTHORISATION_FAILURE, "not in the list");
        }
        answers.put("TargetPortalGroupTag", Integer.toString(context.portalGroupTag()));
      }
      default -> throw new LoginRefusal(LoginRefusal.NO_SUCH_SESSION_TYPE, "session type");
    }
    if (stage == OPERATIONAL && mustProve()) {
      throw new LoginRefusal(LoginRefusal.AUTHENTICATION_FAILURE, "CHAP is required");
    }
  }

  private boolean mustProve() {
    return target != null && target.chap() != null;
  }

  private void security(Map<String, String> said, Map<String, String> answers) {
    if (said.containsKey("AuthMethod")) {
      List<String> offered = List.of(said.get("AuthMethod").split(","));
      if (!mustProve() && offered.contains("None")) {
        answers.put("AuthMethod", "None");
        proven = true;
      } else if (offered.contains("CHAP") && !accepted().isEmpty()) {
        answers.put("AuthMethod", "CHAP");
        chap = new ChapExchange(context.random(), accepted());
      } else {
        throw new LoginRefusal(LoginRefusal.AUTHENTICATION_FAILURE, "no method in common");
      }
    } else if (chap == null && !mustProve()) {
      proven = true;
    }
    if (chap != null) {
      chap.step(said, answers);
      proven = chap.isDone();
    }
  }

  /** Whose proof is good: at discovery anybody's who may see a target. */
  private List<Chap> accepted() {
    List<TargetDefinition> targets =
        discovery ? context.targets().visibleTo(initiator) : List.of(target);
    return targets.stream().map(TargetDefinition::chap).filter(one -> one != null).toList();
  }

  private void proceed(Header request, Map<String, String> answers) {
    int next = request.flags() & 3;
    boolean transit = request.has(TRANSIT);
    if (transit && (next <= stage || next == 2)) {
      throw new LoginRefusal(LoginRefusal.INITIATOR_ERROR, "to no later stage");
    }
    if (!transit || (stage == SECURITY && !proven)) {
      answer(request, stage, /* transit= */ false, 0, 0, answers);
    } else if (next == FULL_FEATURE) {
      enter(request, answers);
    } else {
      answer(request, stage, /* transit= */ true, 0, 0, answers);
      stage = next;
    }
  }

  private void enter(Header request, Map<String, String> answers) {
    Sessions.Key key = new Sessions.Key(initiator, qualifier, discovery ? "" : target.name());
    Session session = new Session(context, connection, key, parameters, firstNumber);
    entering = session;
    CompletableFuture<Void> unused =
        context
            .sessions()
            .enter(session)
            .whenCompleteAsync(
                (ignored, failure) -> entered(request, answers, session), connection.loop());
  }

  private void entered(Header request, Map<String, String> answers, Session session) {
    if (connection.isEnded()) {
      session.ended();
      return;
    }
    answer(request, stage, /* transit= */ true, session.handle(), 0, answers);
    connection.begin(session, parameters);
    connection.flush();
    LOG.debug("{} {} logged in to {}", connection.client(), initiator, session.key().target());
  }

  private void answer(
      Header request, int from, boolean transit, int handle, int status, Map<String, String> keys) {
    int stages = (Math.max(0, from) << 2) | (transit ? request.flags() & 3 : 0);
    Header answer = Header.of(Opcodes.LOGIN_RESPONSE, (transit ? TRANSIT : 0) | stages);
    answer.u64(8, request.u64(8)).u16(14, handle).u32(16, request.taskTag());
    answer.u32(28, request.u32(24)).u32(32, request.u32(24));
    answer.u16(36, status);
    connection.send(answer, TextKeys.write(io.netty.buffer.ByteBufAllocator.DEFAULT, keys));
  }

  /** The connection ended before the login did. */
  void ended() {
    if (entering != null) {
      entering.ended();
    }
  }
}
