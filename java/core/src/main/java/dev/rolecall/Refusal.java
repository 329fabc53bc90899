package dev.rolecall;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;

/** How a refusal looks to the host: an exception, or credentials that S3 rejects. */
enum Refusal {
  /** An exception: the host stops there. */
  THROW,
  /** Unusable credentials: the host would take an exception as leave to try another identity. */
  UNUSABLE;

  /**
   * The access key ID of unusable credentials. It looks well-formed, so that SDKs sign with it, and
   * is nobody's: real ones hold no 0, which is no digit of their base 32.
   */
  static final String ACCESS_KEY_ID = "AKIAROLECALLREFUSED0";

  /** The secret that goes with it, of the length that real ones have. */
  static final String SECRET_ACCESS_KEY = "rolecall+refused+this+caller+see+its+log";

  private static final int BY_HOST = 0;
  private static final int ALWAYS_UNUSABLE = 1;
  private static final int ALWAYS_THROW = 2;

  /** What the host bears. */
  static Refusal forHost(String provider, URI location, Configuration conf) {
    return HostKind.endsAtAnException(provider, location, conf) ? THROW : UNUSABLE;
  }

  /** What the settings make of what the host bears; {@code mode} as the native library says. */
  static Refusal decided(int mode, Refusal forHost) {
    switch (mode) {
      case ALWAYS_THROW:
        return THROW;
      case BY_HOST:
        return forHost;
      case ALWAYS_UNUSABLE:
      default:
        return UNUSABLE;
    }
  }
}
