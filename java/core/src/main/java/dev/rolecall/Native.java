package dev.rolecall;

/**
 * The native methods, as {@code native/jni} exports them. {@link NativeLibrary} loads them; nobody
 * calls them before it has.
 */
final class Native {
  /** Raised whenever these methods or what they mean change. */
  static final int ABI = 2;

  private Native() {}

  static native int abi();

  static native byte[] version();

  static native byte[] open(byte[] opening);

  static native byte[] ask(long id, byte[] question);

  static native byte[] close(long id);

  static native byte[] release(long id);

  static native byte[] hostKeys();

  static native byte[] drainLogs(int mostVerbose);
}
