package io.aerie.engine.protocol;

/** Bytes that are no message: the connection they came by is of no use. */
public final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}
