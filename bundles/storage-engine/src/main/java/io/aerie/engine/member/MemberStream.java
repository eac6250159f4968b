package io.aerie.engine.member;

import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;

/** Where a stream of one disk stands, with what is on its way to the store. */
final class MemberStream {
  final StreamKey key;

  /** Epoch of the last base. */
  long epoch;

  /** The latest epoch of the group at which an owner knew that the disk is in it. */
  long groupEpoch;

  /** Last sequence handed to the store. */
  long accepted;

  /** Last sequence that the store reported as durable. */
  long held;

  /** The highest watermark that the owner told. */
  long told;

  /** The watermark that the store was told. */
  long settled;

  /** Appends and bases that the store has not answered. */
  int inFlight;

  /** A base is being made: nothing else is taken. */
  boolean basing;

  /** The owner's number of the last base; a lower one of the same epoch is a late repetition. */
  long baseRequest;

  MemberStream(StreamKey key) {
    this.key = key;
  }

  static MemberStream of(StreamState state) {
    MemberStream stream = new MemberStream(state.stream());
    stream.epoch = state.last().epoch();
    stream.accepted = state.last().sequence();
    stream.held = stream.accepted;
    stream.settled = state.watermark().epoch() == stream.epoch ? state.watermark().sequence() : 0;
    return stream;
  }
}
