package dev.rolecall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is written to {@code dev.rolecall} at any level while it is open. */
public final class CapturedLog extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger(Log.NAME);
  private final List<String> lines = Collections.synchronizedList(new ArrayList<String>());

  public CapturedLog() {
    logger.setLevel(Level.ALL);
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  /** Has the library collect at every level too, from now on and not from its next answer on. */
  public CapturedLog verbose() {
    NativeLogs.drain(NativeLibrary.boundary());
    return this;
  }

  /** Each line, its level in front. */
  public List<String> lines() {
    synchronized (lines) {
      return new ArrayList<>(lines);
    }
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(record.getLevel() + " " + record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(null);
    logger.setUseParentHandlers(true);
  }
}
