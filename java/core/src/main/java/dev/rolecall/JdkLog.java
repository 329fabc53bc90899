package dev.rolecall;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The JDK's own log, where the host has no other. */
final class JdkLog extends Log {
  private final Logger logger = Logger.getLogger(NAME);

  @Override
  void log(int level, String text) {
    logger.log(levelOf(level), text);
  }

  @Override
  int enabled() {
    return logger.isLoggable(Level.FINEST) ? TRACE : logger.isLoggable(Level.FINE) ? DEBUG : INFO;
  }

  private static Level levelOf(int level) {
    switch (level) {
      case ERROR:
        return Level.SEVERE;
      case WARN:
        return Level.WARNING;
      case INFO:
        return Level.INFO;
      case DEBUG:
        return Level.FINE;
      default:
        return Level.FINEST;
    }
  }
}
