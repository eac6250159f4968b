package io.aerie.iscsi.server;

import io.aerie.iscsi.target.TargetDefinition.Chap;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * CHAP (RFC 1994) as RFC 7143, section 12.1.3 carries it; with the initiator's challenge, when it
 * sends one, both prove.
 *
 * <pre>
 *   START --CHAP_A--> CHALLENGED --right CHAP_N, CHAP_R--> DONE
 * </pre>
 */
final class ChapExchange {
  /** Algorithms by their registered number; the initiator's order decides among them. */
  private static final Map<String, String> ALGORITHMS = Map.of("5", "MD5", "7", "SHA-256");

  private static final int CHALLENGE_BYTES_MAX = 1024;

  private final SecureRandom random;
  private final List<Chap> accepted;
  private String algorithm;
  private byte[] challenge;
  private int identifier;
  private boolean done;

  /**
   * @param accepted whose proof is good
   */
  ChapExchange(SecureRandom random, List<Chap> accepted) {
    this.random = random;
    this.accepted = accepted;
  }

  boolean isDone() {
    return done;
  }

  /** One step: takes what the initiator says, adds what it is answered. */
  void step(Map<String, String> said, Map<String, String> answers) {
    if (done) {
      return;
    }
    if (challenge == null) {
      if (said.containsKey("CHAP_A")) {
        challenge(said.get("CHAP_A"), answers);
      }
      return;
    }
    if (said.containsKey("CHAP_N") || said.containsKey("CHAP_R")) {
      prove(said, answers);
    }
  }

  private void challenge(String offered, Map<String, String> answers) {
    for (String number : offered.split(",")) {
      if (ALGORITHMS.containsKey(number)) {
        algorithm = ALGORITHMS.get(number);
        challenge = new byte[digest().getDigestLength()];
        random.nextBytes(challenge);
        identifier = random.nextInt(256);
        answers.put("CHAP_A", number);
        answers.put("CHAP_I", Integer.toString(identifier));
        answers.put("CHAP_C", "0x" + HexFormat.of().formatHex(challenge));
        return;
      }
    }
    throw refused("no algorithm in common");
  }

  private void prove(Map<String, String> said, Map<String, String> answers) {
    String user = said.getOrDefault("CHAP_N", "");
    byte[] response = binary(said.getOrDefault("CHAP_R", ""));
    Chap chap =
        accepted.stream().filter(one -> one.user().equals(user)).findFirst().orElse(Chap.NOBODY);
    byte[] expected = response(identifier, chap.secret(), challenge);
    if (!MessageDigest.isEqual(expected, response) || Chap.NOBODY.equals(chap)) {
      throw refused("wrong user or secret");
    }
    if (said.containsKey("CHAP_I") || said.containsKey("CHAP_C")) {
      proveToo(chap, said, answers);
    }
    done = true;
  }

  private void proveToo(Chap chap, Map<String, String> said, Map<String, String> answers) {
    Integer theirs = Parameters.number(said.getOrDefault("CHAP_I", ""), 0, 255);
    byte[] theirChallenge = binary(said.getOrDefault("CHAP_C", ""));
    if (!chap.isMutual() || theirs == null || theirChallenge.length == 0) {
      throw refused("no proof of this target can be given");
    }
    // Who sends our own challenge back wants us to answer it for him.
    if (Arrays.equals(theirChallenge, challenge)) {
      throw refused("a reflected challenge");
    }
    answers.put("CHAP_N", chap.mutualUser());
    byte[] proof = response(theirs, chap.mutualSecret(), theirChallenge);
    answers.put("CHAP_R", "0x" + HexFormat.of().formatHex(proof));
  }

  private byte[] response(int id, String secret, byte[] challenged) {
    MessageDigest digest = digest();
    digest.update((byte) id);
    digest.update(secret.getBytes(StandardCharsets.UTF_8));
    return digest.digest(challenged);
  }

  private MessageDigest digest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LoginRefusal refused(String why) {
    return new LoginRefusal(LoginRefusal.AUTHENTICATION_FAILURE, why);
  }

  /** A binary value, RFC 7143, section 6.1: hexadecimal or base64. */
  private static byte[] binary(String value) {
    try {
      if (value.length() > 2 * CHALLENGE_BYTES_MAX + 2) {
        throw refused("a value is too long");
      }
      if (value.startsWith("0x") || value.startsWith("0X")) {
        return HexFormat.of().parseHex(value.substring(2));
      }
      if (value.startsWith("0b") || value.startsWith("0B")) {
        return Base64.getDecoder().decode(value.substring(2));
      }
    } catch (IllegalArgumentException e) {
      throw refused("not a binary value");
    }
    throw refused("not a binary value");
  }
}
