package dev.rolecall;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SLF4J, where the host has it. */
final class Slf4jLog extends Log {
  private final Logger logger = LoggerFactory.getLogger(NAME);

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
