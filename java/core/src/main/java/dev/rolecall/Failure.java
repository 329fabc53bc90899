package dev.rolecall;

/** What went wrong, as a value that several threads may be told. */
final class Failure {
  private static final int RULES_NOT_SET = 101;

  /** The first and the last code of the settings and the site file. */
  private static final int SETTINGS_FROM = 120;

  private static final int SETTINGS_TO = 124;

  /** The caller has no name. */
  static final int CALLER_UNKNOWN = 208;

  /** A fault inside the native library, which a later call need not meet again. */
  static final int NATIVE_PANIC = 601;

  /** A message from the native library can't be read. */
  static final int LAYOUT_UNREADABLE = 602;

  /** A text holds half a surrogate pair. */
  static final int TEXT_NOT_UNICODE = 604;

  /** No answer within {@code rolecall.timeout}. */
  static final int TIMED_OUT = 605;

  /** The thread was interrupted while it waited. */
  static final int INTERRUPTED = 607;

  /** There is no native library for this platform, or not where it should be. */
  static final int LIBRARY_MISSING = 701;

  /** The native library can't be written to a temporary directory. */
  static final int LIBRARY_NOT_EXTRACTED = 702;

  /** The JVM can't load the native library. */
  static final int LIBRARY_NOT_LOADED = 703;

  /** The native library is of another version than the jar. */
  static final int LIBRARY_OF_ANOTHER_VERSION = 704;

  /** Something failed in the JVM before or behind the native library. */
  static final int JVM_FAULT = 705;

  private static final int RETRYABLE = 1;
  private static final int REFUSAL = 2;

  private final int code;
  private final int flags;
  private final String text;

  private Failure(int code, int flags, String text) {
    this.code = code;
    this.flags = flags;
    this.text = text;
  }

  /** What the native library says: its text starts with the code already. */
  static Failure told(int code, int flags, String text) {
    return new Failure(code, flags, text.isEmpty() ? prefix(code) + "no text" : text);
  }

  /** A refusal of our own. */
  static Failure refusal(int code, String text) {
    return new Failure(code, REFUSAL, prefix(code) + text);
  }

  /** A failure of our own that may pass. */
  static Failure passing(int code, String text) {
    return new Failure(code, RETRYABLE, prefix(code) + text);
  }

  /** A failure of our own that somebody has to mend. */
  static Failure lasting(int code, String text) {
    return new Failure(code, 0, prefix(code) + text);
  }

  /** Whatever was thrown where nothing should be. */
  static Failure fault(String during, Throwable thrown) {
    if (thrown instanceof RolecallException && ((RolecallException) thrown).failure() != null) {
      return ((RolecallException) thrown).failure();
    }
    return passing(JVM_FAULT, during + " failed in the JVM: " + thrown);
  }

  private static String prefix(int code) {
    return "RC" + code + ": ";
  }

  int code() {
    return code;
  }

  boolean isRetryable() {
    return (flags & RETRYABLE) != 0;
  }

  boolean isRefusal() {
    return (flags & REFUSAL) != 0;
  }

  /**
   * Whether it happened between Java and Rust or in the JVM, so that the rules and STS may be as
   * they were.
   */
  boolean saysNothingOfTheRule() {
    return code >= 600;
  }

  /** Whether the settings were wrong, the site file and the choice of rules included. */
  boolean isOfSettings() {
    return code == RULES_NOT_SET || (code >= SETTINGS_FROM && code <= SETTINGS_TO);
  }

  /** Starts with the code; never null, never with a secret. */
  String text() {
    return text;
  }

  RolecallException exception() {
    return new RolecallException(this, null);
  }

  RolecallException exception(Throwable cause) {
    return new RolecallException(this, cause);
  }

  @Override
  public String toString() {
    return text;
  }
}
