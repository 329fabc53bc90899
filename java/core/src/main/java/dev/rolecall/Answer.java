package dev.rolecall;

/** An answer of the native library: a status, a note, and a body that depends on the status. */
final class Answer {
  static final int OK = 0;
  static final int UNCHANGED = 1;
  static final int PENDING = 2;
  static final int NEED_GROUPS = 3;
  static final int REFUSED = 5;
  static final int FAILED = 6;

  private static final int LOGS_WAIT = 1;

  private final int status;
  private final boolean logsWait;
  private final PackedReader body;

  private Answer(int status, boolean logsWait, PackedReader body) {
    this.status = status;
    this.logsWait = logsWait;
    this.body = body;
  }

  /**
   * Reads the head of {@code message}.
   *
   * @throws RolecallException what a REFUSED or FAILED tells, or RC602
   */
  static Answer read(byte[] message) {
    Answer answer = readAny(message);
    if (answer.isFailure()) {
      throw answer.failure().exception();
    }
    return answer;
  }

  /** Reads the head of {@code message}, whatever it says. */
  static Answer readAny(byte[] message) {
    PackedReader reader = PackedReader.open(message);
    int status = reader.u8();
    int notes = reader.u8();
    return new Answer(status, (notes & LOGS_WAIT) != 0, reader);
  }

  int status() {
    return status;
  }

  /** Whether {@link NativeLogs} has something to fetch. */
  boolean logsWait() {
    return logsWait;
  }

  PackedReader body() {
    return body;
  }

  boolean isFailure() {
    return status == REFUSED || status == FAILED;
  }

  /** What a REFUSED or FAILED tells. */
  Failure failure() {
    int code = body.u16();
    int flags = body.u8();
    return Failure.told(code, flags, body.requiredText());
  }

  /** An answer with a status that does not belong to the question. */
  Failure unexpected() {
    return Failure.lasting(
        Failure.LAYOUT_UNREADABLE,
        "the native library answers with status " + status + ", which this jar does not know");
  }
}
