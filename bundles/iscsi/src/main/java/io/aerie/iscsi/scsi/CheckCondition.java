package io.aerie.iscsi.scsi;

/** A command that can't be done, with the reason that its initiator is told. */
final class CheckCondition extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Sense sense;

  CheckCondition(Sense sense) {
    super(sense.toString(), null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    this.sense = sense;
  }

  Sense sense() {
    return sense;
  }
}
