package dev.rolecall;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/** SLF4J, where the host has it with something behind it. */
final class Slf4jLog extends Log {
  private final Logger logger = LoggerFactory.getLogger(NAME);

  Slf4jLog() {
    if (logger instanceof NOPLogger) {
      throw new IllegalStateException("nothing is behind SLF4J");
    }
  }

  @Override
  void log(int level, String text) {
    switch (level) {
      case ERROR:
        logger.error(text);
        break;
      case WARN:
        logger.warn(text);
        break;
      case INFO:
        logger.info(text);
        break;
      case DEBUG:
        logger.debug(text);
        break;
      default:
        logger.trace(text);
    }
  }

  @Override
  int enabled() {
    return logger.isTraceEnabled() ? TRACE : logger.isDebugEnabled() ? DEBUG : INFO;
  }
}
