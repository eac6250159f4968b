package io.aerie.engine.store;

/** What a unit of a layer is. The numbers are on disk and on the wire. */
public enum UnitState {
  /** Never written here: falls through to the layer below; zeroes when there is none. */
  ABSENT,
  /** Has data. */
  PRESENT,
  /** Was made zero: does not fall through. */
  ZERO
}
