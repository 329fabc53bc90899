package dev.rolecall;

/** The host's log: SLF4J or commons-logging, whichever it has, else the JDK's. */
abstract class Log {
  static final int ERROR = 1;
  static final int WARN = 2;
  static final int INFO = 3;
  static final int DEBUG = 4;
  static final int TRACE = 5;

  /** The name under which hosts configure it. */
  static final String NAME = "dev.rolecall";

  private static final Log HOSTS = find();

  private static Log find() {
    try {
      return new Slf4jLog();
    } catch (Throwable e) {
      // Not there, or not usable: the next.
    }
    try {
      return new CommonsLog();
    } catch (Throwable e) {
      // Likewise.
    }
    return new JdkLog();
  }

  /**
   * Writes a line; a log that fails must not fail a job. Errors too stay here: what escapes from a
   * provider is leave for EMRFS to take another identity.
   */
  static void write(int level, String text) {
    try {
      HOSTS.log(level, text);
    } catch (Throwable e) {
      // There is no better place to tell it.
    }
  }

  /** Up to which level the host wants lines. */
  static int mostVerbose() {
    try {
      return HOSTS.enabled();
    } catch (Throwable e) {
      return INFO;
    }
  }

  abstract void log(int level, String text);

  abstract int enabled();
}
