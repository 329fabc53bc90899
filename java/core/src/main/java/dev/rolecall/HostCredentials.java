package dev.rolecall;

/**
 * Makes the host's own credentials object.
 *
 * @param <C> its class
 */
public interface HostCredentials<C> {
  /**
   * One object for one set of keys.
   *
   * @param sessionToken null for long-term keys
   */
  C of(String accessKeyId, String secretAccessKey, String sessionToken);
}
