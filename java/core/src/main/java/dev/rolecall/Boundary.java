package dev.rolecall;

/** What the native library can be asked, once it is loaded. Each call gives one packed answer. */
interface Boundary {
  /** Opens a holder for a caller, a location and settings. */
  byte[] open(byte[] opening);

  /** Asks the holder for credentials; waits 250 ms at most. */
  byte[] ask(long id, byte[] question);

  /** Closes the holder: what is valid is still answered, nothing is renewed any more. */
  void close(long id);

  /** Forgets the holder. */
  void release(long id);

  /** The host's own configuration keys that mean the same as a setting of ours. */
  byte[] hostKeys();

  /**
   * Hands over the log records that wait.
   *
   * @param mostVerbose which are collected from now on: 1 errors only … 5 everything
   */
  byte[] drainLogs(int mostVerbose);
}
