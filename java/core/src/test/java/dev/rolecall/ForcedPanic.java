package dev.rolecall;

/** A native method that only a library built with the feature {@code forced-panic} has. */
public final class ForcedPanic {
  private ForcedPanic() {}

  /** Makes the next question for credentials panic inside the library. */
  public static native void arm();
}
