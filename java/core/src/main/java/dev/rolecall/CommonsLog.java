package dev.rolecall;

import org.apache.commons.logging.LogFactory;

/** Commons-logging, where the host has it and no SLF4J. */
final class CommonsLog extends Log {
  private final org.apache.commons.logging.Log logger = LogFactory.getLog(NAME);

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
