package io.aerie.engine.protocol;

/** Numbers of the messages on the wire. */
final class MessageType {
  static final int VERSION = 4;
  static final int BEAT = 1;
  static final int BEAT_ANSWER = 2;
  static final int APPEND = 3;
  static final int APPEND_ANSWER = 4;
  static final int SEAL = 5;
  static final int SEAL_ANSWER = 6;
  static final int BASE = 7;
  static final int BASE_ANSWER = 8;
  static final int READ = 9;
  static final int READ_ANSWER = 10;
  static final int BLOCK = 11;
  static final int BLOCK_ANSWER = 12;
  static final int INVENTORY = 13;
  static final int INVENTORY_ANSWER = 14;
  static final int CLIENT = 15;
  static final int CLIENT_ANSWER = 16;
  static final int LAYERS = 20;
  static final int LAYERS_ANSWER = 21;
  static final int ORIGIN = 22;
  static final int ORIGIN_ANSWER = 23;
  static final int UNITS = 24;
  static final int UNITS_ANSWER = 25;
  static final int EXTENTS = 26;
  static final int EXTENTS_ANSWER = 27;

  static final int VERIFY = 40;
  static final int VERIFY_ANSWER = 41;

  static final int RESERVATION = 50;
  static final int RESERVATION_ANSWER = 51;

  static final int CHANGE_WRITE = 1;
  static final int CHANGE_ZERO = 2;
  static final int CHANGE_NOTHING = 3;
  static final int CHANGE_COPY = 4;
  static final int CHANGE_REMOVE = 5;
  static final int CHANGE_PARITY = 6;

  private MessageType() {}
}
