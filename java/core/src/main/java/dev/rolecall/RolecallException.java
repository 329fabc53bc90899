package dev.rolecall;

/**
 * No credentials. The message starts with {@code RC} and three digits and says who asked, for what,
 * what went wrong and what to change.
 *
 * <p>It is deliberately neither an exception of an AWS SDK nor one of Hadoop's: S3A takes those as
 * leave to try the next provider, which would be another identity.
 */
public final class RolecallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;
  private final int code;

  RolecallException(Failure failure, Throwable cause) {
    super(failure.text(), cause);
    this.failure = failure;
    this.code = failure.code();
  }

  /** The number behind {@code RC} in the message; {@code docs/errors.md} explains each. */
  public int code() {
    return code;
  }

  /** Whether the same question may be answered later without anybody changing anything. */
  public boolean isRetryable() {
    return failure != null && failure.isRetryable();
  }

  /** Whether it is a decision against the caller and no failure that may pass. */
  public boolean isRefusal() {
    return failure != null && failure.isRefusal();
  }

  Failure failure() {
    return failure;
  }
}
