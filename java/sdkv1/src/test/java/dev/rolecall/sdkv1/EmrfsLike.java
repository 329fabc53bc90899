package dev.rolecall.sdkv1;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import java.net.URI;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;

/**
 * What EMRFS does with a provider: any failure sends it to the instance profile, where it stays. A
 * test that sees {@link #INSTANCE_PROFILE} has seen another identity.
 */
final class EmrfsLike {
  static final AWSCredentials INSTANCE_PROFILE = new BasicAWSCredentials("ASIAINSTANCE", "x");

  private final AWSCredentialsProvider provider;
  private boolean fallen;

  private EmrfsLike(AWSCredentialsProvider provider) {
    this.provider = provider;
  }

  /** By {@code (URI, Configuration)}, and if that throws by no-arg and {@code setConf}. */
  static EmrfsLike byUri(URI location, Configuration conf) {
    try {
      return new EmrfsLike(new RolecallCredentialsProvider(location, conf));
    } catch (Throwable e) {
      return byNoArgument(conf);
    }
  }

  static EmrfsLike byNoArgument(Configuration conf) {
    try {
      AWSCredentialsProvider provider = new RolecallCredentialsProvider();
      ((Configurable) provider).setConf(conf);
      return new EmrfsLike(provider);
    } catch (Throwable e) {
      return new EmrfsLike(null);
    }
  }

  AWSCredentials credentials() {
    if (provider != null && !fallen) {
      try {
        AWSCredentials credentials = provider.getCredentials();
        if (credentials != null) {
          return credentials;
        }
      } catch (Throwable e) {
        // As it is swallowed there.
      }
      fallen = true;
    }
    return INSTANCE_PROFILE;
  }
}
