package dev.rolecall;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** What a provider was constructed with: location, configuration, settings and how to refuse. */
final class Host {
  private final URI location;
  private final Configuration conf;
  private final Refusal bears;

  /** Read at construction, or at the first call that finds the library; guarded by this. */
  private GivenSettings given;

  /**
   * Reads the settings now: a host may change its configuration for the next file system. What
   * fails is told by the first call for credentials.
   *
   * @param location may be null
   * @param conf may be null
   * @param bears how a refusal may look to the host
   */
  Host(URI location, Configuration conf, Refusal bears) {
    this.location = location;
    this.conf = conf;
    this.bears = bears;
    try {
      settings(NativeLibrary.boundary());
    } catch (Throwable e) {
      // Without the library nobody knows which of the host's own keys count.
    }
  }

  private synchronized GivenSettings settings(Boundary boundary) {
    if (given == null) {
      PackedReader body = Answer.read(boundary.hostKeys()).body();
      List<String> keys = new ArrayList<String>();
      int count = body.u32();
      for (int i = 0; i < count; i++) {
        keys.add(body.block().requiredText());
      }
      given = GivenSettings.gather(conf, keys);
    }
    return given;
  }

  /**
   * The message that opens a native holder for {@code caller}.
   *
   * @throws RolecallException what keeps it from being written
   */
  byte[] opening(Boundary boundary, Caller caller) {
    PackedWriter opening = PackedWriter.message();
    caller.write(opening);
    opening.text("the location", location != null ? spelled(location) : null);
    settings(boundary).write(opening);
    return opening.toBytes();
  }

  /**
   * The URI with its path as S3A makes a key of it: escapes undone, without a query. A path that
   * says {@code %20} for a space would miss the rules for the key.
   */
  static String spelled(URI location) {
    String authority = location.getRawAuthority();
    return authority != null
        ? location.getScheme() + "://" + authority + location.getPath()
        : location.toString();
  }

  /** For looking groups up; null where the host gave none. */
  Configuration conf() {
    return conf;
  }

  /** Where the native library could not say how to refuse. */
  Refusal refusal() {
    return GivenSettings.isSetUnusable(conf) ? Refusal.UNUSABLE : bears;
  }

  /** Where the native library says {@code mode}. */
  Refusal refusal(int mode) {
    return Refusal.decided(mode, bears);
  }

  /** The bucket for messages: neither a key of a path nor what stands before an {@code @}. */
  @Override
  public String toString() {
    String authority = location != null ? location.getRawAuthority() : null;
    if (authority == null) {
      return "no location";
    }
    String bucket = authority.substring(authority.lastIndexOf('@') + 1);
    // A bucket has no colon: this is a key and a secret that holds a slash.
    return location.getScheme() + "://" + (bucket.indexOf(':') < 0 ? bucket : "…");
  }
}
