package dev.rolecall.sdkv2;

import dev.rolecall.CredentialsSource;
import dev.rolecall.HostCredentials;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * The credentials of the role that the rules give to the caller at a location, for hosts with the
 * AWS SDK v2: S3A of Hadoop 3.4 and newer ({@code fs.s3a.aws.credentials.provider}), and programs.
 *
 * <p>No constructor throws: a host would take that as leave to try another provider.
 */
public class RolecallCredentialsProvider implements AwsCredentialsProvider, AutoCloseable {
  private final CredentialsSource<AwsCredentials> source;

  /**
   * As S3A constructs it.
   *
   * @param location what the file system is opened for; may be null
   * @param conf the file system's configuration; may be null
   */
  public RolecallCredentialsProvider(URI location, Configuration conf) {
    this.source = CredentialsSource.forHost(getClass(), location, conf, new SdkCredentials());
  }

  /** For any location: rules that ask for one can't be decided. */
  public RolecallCredentialsProvider(Configuration conf) {
    this(null, conf);
  }

  private RolecallCredentialsProvider() {
    this.source = CredentialsSource.forProgram(new SdkCredentials());
  }

  /**
   * For a program without a Hadoop configuration: settings come from system properties ({@code
   * -Drolecall.rules=…}), the environment and the site file, the caller is Hadoop's current user
   * or, without Hadoop, the operating system's. A refusal is a {@link
   * dev.rolecall.RolecallException}.
   */
  public static RolecallCredentialsProvider create() {
    return new RolecallCredentialsProvider();
  }

  /**
   * The same object as long as the keys are the same.
   *
   * @throws dev.rolecall.RolecallException from {@link #create} and under an S3A that has this
   *     provider as its last; under every other host a failure is credentials that S3 rejects
   */
  @Override
  public AwsCredentials resolveCredentials() {
    return source.credentials();
  }

  /** Makes STS give a new session. */
  public void refresh() {
    source.refresh();
  }

  /** What is valid is still shown, and not renewed. */
  @Override
  public void close() {
    source.close();
  }

  @Override
  public String toString() {
    return getClass().getName() + "(" + source + ")";
  }

  private static final class SdkCredentials implements HostCredentials<AwsCredentials> {
    @Override
    public AwsCredentials of(String accessKeyId, String secretAccessKey, String sessionToken) {
      return sessionToken == null
          ? AwsBasicCredentials.create(accessKeyId, secretAccessKey)
          : AwsSessionCredentials.create(accessKeyId, secretAccessKey, sessionToken);
    }
  }
}
