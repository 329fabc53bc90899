package dev.rolecall.sdkv1;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.auth.BasicSessionCredentials;
import dev.rolecall.CredentialsSource;
import dev.rolecall.HostCredentials;
import java.io.Closeable;
import java.net.URI;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;

/**
 * The credentials of the role that the rules give to the caller at a location, for hosts with the
 * AWS SDK v1: EMRFS ({@code fs.s3.customAWSCredentialsProvider}) and S3A of Hadoop 3.3 and older
 * ({@code fs.s3a.aws.credentials.provider}).
 *
 * <p>No constructor throws: EMRFS would take that as leave to go on as the instance profile.
 */
public class RolecallCredentialsProvider
    implements AWSCredentialsProvider, Configurable, Closeable {
  private final URI location;
  private volatile Configuration conf;
  private volatile CredentialsSource<AWSCredentials> source;

  /**
   * As S3A and EMRFS construct it.
   *
   * @param location what the file system is opened for; may be null
   * @param conf the file system's configuration; may be null
   */
  public RolecallCredentialsProvider(URI location, Configuration conf) {
    this.location = location;
    this.conf = conf;
    this.source = CredentialsSource.forHost(getClass(), location, conf, new SdkCredentials());
  }

  /** For any location: rules that ask for one can't be decided. */
  public RolecallCredentialsProvider(Configuration conf) {
    this(null, conf);
  }

  /** To be followed by {@link #setConf}. */
  public RolecallCredentialsProvider() {
    this(null, null);
  }

  /**
   * Reads caller and settings anew.
   *
   * @param conf in place of the constructor's
   */
  @Override
  public void setConf(Configuration conf) {
    if (conf == this.conf) {
      return;
    }
    CredentialsSource<AWSCredentials> before = source;
    this.conf = conf;
    this.source = CredentialsSource.forHost(getClass(), location, conf, new SdkCredentials());
    before.close();
  }

  @Override
  public Configuration getConf() {
    return conf;
  }

  /**
   * The same object as long as the keys are the same.
   *
   * @throws dev.rolecall.RolecallException under an S3A that has this provider as its last; under
   *     every other host a failure is credentials that S3 rejects
   */
  @Override
  public AWSCredentials getCredentials() {
    return source.credentials();
  }

  /** Makes STS give a new session. */
  @Override
  public void refresh() {
    source.refresh();
  }

  @Override
  public void close() {
    source.close();
  }

  @Override
  public String toString() {
    return getClass().getName() + "(" + source + ")";
  }

  private static final class SdkCredentials implements HostCredentials<AWSCredentials> {
    @Override
    public AWSCredentials of(String accessKeyId, String secretAccessKey, String sessionToken) {
      return sessionToken == null
          ? new BasicAWSCredentials(accessKeyId, secretAccessKey)
          : new BasicSessionCredentials(accessKeyId, secretAccessKey, sessionToken);
    }
  }
}
