package dev.rolecall;

/**
 * The last answer: the host's own credentials object and how long it may be shown without asking
 * again. Immutable.
 */
final class Snapshot<C> {
  private static final long NANOS_A_MILLISECOND = 1_000_000L;

  /** Far enough, and near enough that differences of nanosecond times don't overflow. */
  private static final long FOREVER = Long.MAX_VALUE / 4;

  final C credentials;

  /** Grows with each new set of keys; 0 for unusable ones. */
  final long generation;

  private final long askAgainAt;
  private final long expiresAt;

  private Snapshot(C credentials, long generation, long askAgainAt, long expiresAt) {
    this.credentials = credentials;
    this.generation = generation;
    this.askAgainAt = askAgainAt - expiresAt < 0 ? askAgainAt : expiresAt;
    this.expiresAt = expiresAt;
  }

  /**
   * Credentials from the native library; times in milliseconds from {@code now}, which is in
   * nanoseconds, as unsigned numbers.
   */
  static <C> Snapshot<C> of(
      C credentials, long generation, long now, long askAgainMillis, long expiresMillis) {
    return new Snapshot<C>(
        credentials, generation, now + nanos(askAgainMillis), now + nanos(expiresMillis));
  }

  /** Unusable credentials, to be looked at again after {@code nanos}. */
  static <C> Snapshot<C> refused(C unusable, long now, long nanos) {
    return new Snapshot<C>(unusable, 0, now + nanos, now + nanos);
  }

  /** The same credentials with new times. */
  Snapshot<C> until(long now, long askAgainMillis, long expiresMillis) {
    return of(credentials, generation, now, askAgainMillis, expiresMillis);
  }

  /** The same credentials, to be asked for again after {@code nanos}. */
  Snapshot<C> askAgainIn(long now, long nanos) {
    return new Snapshot<C>(credentials, generation, now + nanos, expiresAt);
  }

  private static long nanos(long milliseconds) {
    return milliseconds < 0 || milliseconds > FOREVER / NANOS_A_MILLISECOND
        ? FOREVER
        : milliseconds * NANOS_A_MILLISECOND;
  }

  /** Whether it may be shown without asking. */
  boolean isFresh(long now) {
    return now - askAgainAt < 0;
  }

  /** Whether these are real credentials that have not ended. */
  boolean isValid(long now) {
    return generation != 0 && now - expiresAt < 0;
  }
}
