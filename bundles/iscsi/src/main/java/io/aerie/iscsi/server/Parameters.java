package io.aerie.iscsi.server;

import java.util.List;
import java.util.Map;

/**
 * Operational parameters of a session, RFC 7143, chapter 13: as agreed, else their defaults. One
 * connection for each session, and no recovery within it (ErrorRecoveryLevel 0).
 */
final class Parameters {
  private static final String REJECT = "Reject";
  private static final List<String> DIGESTS = List.of("CRC32C", "None");

  private boolean headerDigest;
  private boolean dataDigest;
  private boolean initialR2t = true;
  private boolean immediateData = true;
  private int sendSegmentBytes = 8192;
  private int maxBurstBytes = 256 << 10;
  private int firstBurstBytes = 64 << 10;
  private int outstandingR2ts = 1;
  private boolean declared;

  boolean headerDigest() {
    return headerDigest;
  }

  boolean dataDigest() {
    return dataDigest;
  }

  boolean initialR2t() {
    return initialR2t;
  }

  boolean immediateData() {
    return immediateData;
  }

  /** The longest data segment that the initiator takes. */
  int sendSegmentBytes() {
    return sendSegmentBytes;
  }

  int maxBurstBytes() {
    return maxBurstBytes;
  }

  /** Never more than a burst. */
  int firstBurstBytes() {
    return Math.min(firstBurstBytes, maxBurstBytes);
  }

  int outstandingR2ts() {
    return outstandingR2ts;
  }

  /** Answers what the initiator offers and declares; declares what is ours once. */
  void negotiate(Map<String, String> offered, Map<String, String> answers) {
    offered.forEach(
        (key, value) -> {
          String answer = answer(key, value);
          if (answer != null) {
            answers.put(key, answer);
          }
        });
    if (!declared) {
      declared = true;
      answers.put("MaxRecvDataSegmentLength", Integer.toString(IscsiLimits.SEGMENT_BYTES_MAX));
    }
  }

  /** Null for what is declared and needs none. */
  private String answer(String key, String value) {
    return switch (key) {
      case "HeaderDigest" -> {
        String chosen = choose(value, DIGESTS);
        headerDigest = chosen.equals("CRC32C");
        yield chosen;
      }
      case "DataDigest" -> {
        String chosen = choose(value, DIGESTS);
        dataDigest = chosen.equals("CRC32C");
        yield chosen;
      }
      case "MaxRecvDataSegmentLength" -> {
        Integer declaredBytes = number(value, 512, 0xff_ffff);
        sendSegmentBytes = declaredBytes == null ? sendSegmentBytes : declaredBytes;
        yield declaredBytes == null ? REJECT : null;
      }
      case "InitialR2T" -> {
        initialR2t = value.equals("Yes");
        yield yesOrNo(value, initialR2t);
      }
      case "ImmediateData" -> {
        immediateData = value.equals("Yes");
        yield yesOrNo(value, immediateData);
      }
      case "MaxBurstLength" -> {
        Integer bytes = number(value, 512, 0xff_ffff);
        maxBurstBytes =
            bytes == null ? maxBurstBytes : Math.min(bytes, IscsiLimits.MAX_BURST_BYTES);
        yield bytes == null ? REJECT : Integer.toString(maxBurstBytes);
      }
      case "FirstBurstLength" -> {
        Integer bytes = number(value, 512, 0xff_ffff);
        firstBurstBytes =
            bytes == null ? firstBurstBytes : Math.min(bytes, IscsiLimits.FIRST_BURST_BYTES);
        yield bytes == null ? REJECT : Integer.toString(firstBurstBytes);
      }
      case "MaxOutstandingR2T" -> {
        Integer count = number(value, 1, 65535);
        outstandingR2ts =
            count == null ? outstandingR2ts : Math.min(count, IscsiLimits.OUTSTANDING_R2T_MAX);
        yield count == null ? REJECT : Integer.toString(outstandingR2ts);
      }
      case "InitiatorName", "InitiatorAlias", "SessionType", "TargetName" -> null;
      default -> fixed(key, value);
    };
  }

  /** Keys whose outcome doesn't depend on what we could want. */
  private static String fixed(String key, String value) {
    return switch (key) {
      case "MaxConnections" -> number(value, 1, 65535) == null ? REJECT : "1";
      case "ErrorRecoveryLevel" -> number(value, 0, 2) == null ? REJECT : "0";
      case "DefaultTime2Wait" -> {
        Integer seconds = number(value, 0, 3600);
        yield seconds == null ? REJECT : Integer.toString(Math.max(2, seconds));
      }
      case "DefaultTime2Retain" -> number(value, 0, 3600) == null ? REJECT : "0";
      case "DataPDUInOrder", "DataSequenceInOrder" -> yesOrNo(value, /* agreed= */ true);
      case "IFMarker", "OFMarker" -> "No";
      case "IFMarkInt", "OFMarkInt" -> "Irrelevant";
      case "TaskReporting" -> choose(value, List.of("RFC3720"));
      case "iSCSIProtocolLevel" -> number(value, 0, 31) == null ? REJECT : "1";
      default -> "NotUnderstood";
    };
  }

  private static String yesOrNo(String value, boolean agreed) {
    boolean valid = value.equals("Yes") || value.equals("No");
    return valid ? (agreed ? "Yes" : "No") : REJECT;
  }

  /** The initiator's first choice that we can. */
  private static String choose(String offered, List<String> possible) {
    for (String choice : offered.split(",")) {
      if (possible.contains(choice)) {
        return choice;
      }
    }
    return REJECT;
  }

  /** A number in a range, decimal or hexadecimal; null when it is none. */
  static Integer number(String value, int least, int most) {
    try {
      long number = Long.decode(value);
      return number < least || number > most ? null : (int) number;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
