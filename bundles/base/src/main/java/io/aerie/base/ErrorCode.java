package io.aerie.base;

/**
 * The stable codes of every refusal and failure that a user can see, in REST's problem details, in
 * the shell and in logs. A code is never renamed or reused: scripts match on it. The status is the
 * one of HTTP (RFC 9110, section 15).
 */
public enum ErrorCode {
  INVALID_NAME("invalid-name", 400),
  INVALID_SIZE("invalid-size", 400),
  INVALID_VALUE("invalid-value", 400),
  INVALID_PROTECTION("invalid-protection", 400),
  UNKNOWN_FIELD("unknown-field", 400),
  MALFORMED_BODY("malformed-body", 400),
  UNAUTHENTICATED("unauthenticated", 401),
  FORBIDDEN("forbidden", 403),
  NOT_FOUND("not-found", 404),
  METHOD_NOT_ALLOWED("method-not-allowed", 405),
  ALREADY_EXISTS("already-exists", 409),
  CONFLICT("conflict", 409),
  IN_USE("in-use", 409),
  RESERVED("reserved", 409),
  MEMBER_MAY_RETURN("member-may-return", 409),
  TOKEN_INVALID("token-invalid", 403),
  PRECONDITION_FAILED("precondition-failed", 412),
  TOO_LARGE("too-large", 413),
  UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415),
  CAPACITY_EXCEEDED("capacity-exceeded", 422),
  PROTECTION_IMPOSSIBLE("protection-impossible", 422),
  DISK_NOT_EMPTY("disk-not-empty", 422),
  UNSUPPORTED_FORMAT("unsupported-format", 422),
  NOT_RECOVERABLE("not-recoverable", 422),
  SCHEMA_VIOLATION("schema-violation", 422),
  CERTIFICATE_MALFORMED("certificate-malformed", 400),
  CERTIFICATE_KEY_MISMATCH("certificate-key-mismatch", 422),
  CERTIFICATE_EXPIRED("certificate-expired", 422),
  CERTIFICATE_CHAIN_BROKEN("certificate-chain-broken", 422),
  CERTIFICATE_TOO_WEAK("certificate-too-weak", 422),
  CERTIFICATE_UNSUITABLE("certificate-unsuitable", 422),
  PACKAGE_DAMAGED("package-damaged", 422),
  PACKAGE_UNSIGNED("package-unsigned", 422),
  PACKAGE_WRONG_KEY("package-wrong-key", 422),
  PACKAGE_CHANGED("package-changed", 422),
  UPGRADE_DOWNGRADE("upgrade-downgrade", 422),
  UPGRADE_TOO_FAR("upgrade-too-far", 422),
  UPGRADE_FROM_UNSUPPORTED("upgrade-from-unsupported", 422),
  UPGRADE_FEATURE_REMOVED("upgrade-feature-removed", 422),
  UPGRADE_NOT_BY_PACKAGE("upgrade-not-by-package", 422),
  UPGRADE_UNDER_WAY("upgrade-under-way", 409),
  UPGRADE_NODE_AWAY("upgrade-node-away", 422),
  UPGRADE_PACKAGE_MISSING("upgrade-package-missing", 422),
  UPGRADE_NO_SPACE("upgrade-no-space", 422),
  UPGRADE_STORAGE_UNHEALTHY("upgrade-storage-unhealthy", 422),
  UPGRADE_PROTECTION_TOO_LOW("upgrade-protection-too-low", 422),
  UPGRADE_NODE_UNATTENDED("upgrade-node-unattended", 422),
  LIMIT_REACHED("limit-reached", 429),
  TOO_MANY_ATTEMPTS("too-many-attempts", 429),
  INTERNAL("internal", 500),
  IO_ERROR("io-error", 500),
  CORRUPT("corrupt", 500),
  FENCED("fenced", 503),
  UNAVAILABLE("unavailable", 503),
  TIMED_OUT("timed-out", 504),
  NO_SPACE("no-space", 507);

  private final String code;
  private final int httpStatus;

  ErrorCode(String code, int httpStatus) {
    this.code = code;
    this.httpStatus = httpStatus;
  }

  /** The stable text of the code, lower case with hyphens. */
  public String code() {
    return code;
  }

  /** The HTTP status that carries it. */
  public int httpStatus() {
    return httpStatus;
  }
}
