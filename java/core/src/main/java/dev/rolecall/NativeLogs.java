package dev.rolecall;

/** Brings the native library's log records into the host's log. */
final class NativeLogs {
  private NativeLogs() {}

  /** Fetches what waits. Never throws: a log that fails must not fail a job. */
  static void drain(Boundary boundary) {
    try {
      PackedReader body = Answer.read(boundary.drainLogs(Log.mostVerbose())).body();
      long dropped = body.u64();
      if (dropped != 0) {
        Log.write(Log.WARN, dropped + " older log records were dropped");
      }
      int count = body.u32();
      for (int i = 0; i < count; i++) {
        PackedReader record = body.block();
        int level = record.u8();
        Log.write(level, record.requiredText());
      }
    } catch (Throwable e) {
      Log.write(Log.WARN, "log records of the native library are lost: " + e);
    }
  }
}
