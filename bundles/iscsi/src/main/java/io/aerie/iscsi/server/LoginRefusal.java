package io.aerie.iscsi.server;

/** A login that ends with a status other than success, RFC 7143, section 11.13.5. */
final class LoginRefusal extends RuntimeException {
  static final int INITIATOR_ERROR = 0x0200;
  static final int AUTHENTICATION_FAILURE = 0x0201;
  static final int AUTHORISATION_FAILURE = 0x0202;
  static final int NOT_FOUND = 0x0203;
  static final int UNSUPPORTED_VERSION = 0x0205;
  static final int TOO_MANY_CONNECTIONS = 0x0206;
  static final int MISSING_PARAMETER = 0x0207;
  static final int NO_SUCH_SESSION_TYPE = 0x0209;
  static final int NO_SUCH_SESSION = 0x020a;
  static final int SERVICE_UNAVAILABLE = 0x0301;
  static final int OUT_OF_RESOURCES = 0x0302;

  private static final long serialVersionUID = 1L;

  private final int status;

  LoginRefusal(int status, String text) {
    super(text, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    this.status = status;
  }

  /** Class in the high byte, detail in the low one. */
  int status() {
    return status;
  }
}
