package io.aerie.nbd.server;

/** Numbers of the protocol, section "Values". All fields on the wire are big-endian. */
final class Nbd {
  static final long INIT_MAGIC = 0x4e42444d41474943L;
  static final long OPTION_MAGIC = 0x49484156454F5054L;
  static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  static final int REQUEST_MAGIC = 0x25609513;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  static final int FLAG_FIXED_NEWSTYLE = 1;
  static final int FLAG_NO_ZEROES = 1 << 1;

  static final int OPT_EXPORT_NAME = 1;
  static final int OPT_ABORT = 2;
  static final int OPT_LIST = 3;
  static final int OPT_STARTTLS = 5;
  static final int OPT_INFO = 6;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_LIST_META_CONTEXT = 9;
  static final int OPT_SET_META_CONTEXT = 10;

  static final int REP_ACK = 1;
  static final int REP_SERVER = 2;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;
  static final int REP_ERR_UNSUP = 0x8000_0001;
  static final int REP_ERR_POLICY = 0x8000_0002;
  static final int REP_ERR_INVALID = 0x8000_0003;
  static final int REP_ERR_UNKNOWN = 0x8000_0006;
  static final int REP_ERR_SHUTDOWN = 0x8000_0007;
  static final int REP_ERR_TOO_BIG = 0x8000_0009;

  static final int INFO_EXPORT = 0;
  static final int INFO_NAME = 1;
  static final int INFO_DESCRIPTION = 2;
  static final int INFO_BLOCK_SIZE = 3;

  static final int EXPORT_HAS_FLAGS = 1;
  static final int EXPORT_SEND_FLUSH = 1 << 2;
  static final int EXPORT_SEND_FUA = 1 << 3;
  static final int EXPORT_SEND_TRIM = 1 << 5;
  static final int EXPORT_SEND_WRITE_ZEROES = 1 << 6;
  static final int EXPORT_SEND_DF = 1 << 7;
  static final int EXPORT_CAN_MULTI_CONN = 1 << 8;
  static final int EXPORT_SEND_FAST_ZERO = 1 << 11;

  static final int CMD_READ = 0;
  static final int CMD_WRITE = 1;
  static final int CMD_DISC = 2;
  static final int CMD_FLUSH = 3;
  static final int CMD_TRIM = 4;
  static final int CMD_WRITE_ZEROES = 6;
  static final int CMD_BLOCK_STATUS = 7;

  static final int CMD_FLAG_FUA = 1;
  static final int CMD_FLAG_NO_HOLE = 1 << 1;
  static final int CMD_FLAG_DF = 1 << 2;
  static final int CMD_FLAG_REQ_ONE = 1 << 3;
  static final int CMD_FLAG_FAST_ZERO = 1 << 4;

  static final int REPLY_FLAG_DONE = 1;
  static final int REPLY_NONE = 0;
  static final int REPLY_OFFSET_DATA = 1;
  static final int REPLY_BLOCK_STATUS = 5;
  static final int REPLY_ERROR = 0x8001;
  static final int REPLY_ERROR_OFFSET = 0x8002;

  static final int EPERM = 1;
  static final int EIO = 5;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int ESHUTDOWN = 108;

  /** The one metadata context: "base:allocation". */
  static final String CONTEXT_ALLOCATION = "base:allocation";

  /** Flags of its extents: takes no space; reads as zeroes. */
  static final int STATE_HOLE = 1;

  static final int STATE_ZERO = 1 << 1;

  /** Its id after SET_META_CONTEXT; LIST_META_CONTEXT always says 0. */
  static final int CONTEXT_ALLOCATION_ID = 1;

  /** Strings of the protocol are at most this long, bytes of UTF-8. */
  static final int STRING_BYTES_MAX = 4096;

  private Nbd() {}

  /** Transmission flags of every export; DF exists with structured replies only. */
  static int exportFlags(boolean structured) {
    return EXPORT_HAS_FLAGS
        | EXPORT_SEND_FLUSH
        | EXPORT_SEND_FUA
        | EXPORT_SEND_TRIM
        | EXPORT_SEND_WRITE_ZEROES
        | EXPORT_CAN_MULTI_CONN
        | EXPORT_SEND_FAST_ZERO
        | (structured ? EXPORT_SEND_DF : 0);
  }
}
