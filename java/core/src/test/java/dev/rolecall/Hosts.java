package dev.rolecall;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.s3a.S3AFileSystem;

/** Configurations as the hosts have them when they construct a provider. */
public final class Hosts {
  /** What every configuration here opens. */
  public static final URI BUCKET = URI.create("s3a://lake/");

  private static final String PROVIDERS = "fs.s3a.aws.credentials.provider";

  private Hosts() {}

  /** EMRFS: not S3A's class, another key for the provider. */
  public static class EmrFileSystem extends RawLocalFileSystem {}

  /** A distribution's own S3A. */
  public static class DistributionsS3a extends S3AFileSystem {}

  /** S3A with {@code providers} as its list, under all of its schemes. */
  public static Configuration s3a(String providers) {
    Configuration conf = new Configuration();
    conf.set("fs.s3.impl", S3AFileSystem.class.getName());
    conf.set("fs.s3a.impl", S3AFileSystem.class.getName());
    conf.set(PROVIDERS, providers);
    return conf;
  }

  /** S3A with {@code provider} and no other. */
  public static Configuration s3aAlone(Class<?> provider) {
    return s3a(provider.getName());
  }

  /** EMRFS under all schemes, as some clusters have it, with {@code provider} in its key. */
  public static Configuration emrfs(Class<?> provider) {
    Configuration conf = new Configuration();
    conf.set("fs.s3.impl", EmrFileSystem.class.getName());
    conf.set("fs.s3a.impl", EmrFileSystem.class.getName());
    conf.set("fs.s3.customAWSCredentialsProvider", provider.getName());
    return conf;
  }
}
