package dev.rolecall;

/** A monotonic clock, handed in so that tests move it. */
abstract class Ticker {
  /** The JVM's. */
  static final Ticker SYSTEM =
      new Ticker() {
        @Override
        long nanos() {
          return System.nanoTime();
        }
      };

  /** Nanoseconds since an arbitrary start; compare by difference only. */
  abstract long nanos();
}
