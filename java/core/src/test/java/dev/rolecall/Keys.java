package dev.rolecall;

/** A host's credentials object without an SDK. */
final class Keys {
  static final HostCredentials<Keys> SHAPE =
      new HostCredentials<Keys>() {
        @Override
        public Keys of(String accessKeyId, String secretAccessKey, String sessionToken) {
          return new Keys(accessKeyId, secretAccessKey, sessionToken);
        }
      };

  final String id;
  final String secret;
  final String token;

  private Keys(String id, String secret, String token) {
    this.id = id;
    this.secret = secret;
    this.token = token;
  }

  boolean areUnusable() {
    return id.equals(Refusal.ACCESS_KEY_ID);
  }
}
