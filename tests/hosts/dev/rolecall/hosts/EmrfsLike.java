package dev.rolecall.hosts;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.InstanceProfileCredentialsProvider;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;

/**
 * Does what EMRFS does with a custom provider of SDK v1: builds it by {@code (URI, Configuration)},
 * else by no argument and {@code setConf}; and where it throws or answers null, takes the instance
 * profile from then on.
 */
public final class EmrfsLike {
  private final Map<String, Credentials> open = new ConcurrentHashMap<>();

  private EmrfsLike() {}

  /** Converses until the input ends. */
  public static void main(String[] arguments) throws Exception {
    EmrfsLike host = new EmrfsLike();
    Conversation.hold(host::handle);
    Runtime.getRuntime().halt(0);
  }

  private Message handle(Message command) throws Exception {
    switch (command.get("do")) {
      case "open":
        Credentials credentials = Caller.run(command, () -> new Credentials(command));
        open.put(command.get("name"), credentials);
        return new Message().put("built", credentials.built).put("fell", credentials.fell);
      case "read":
        return read(open.get(command.get("name")), URI.create(command.get("path")));
      case "close":
        open.remove(command.get("name"));
        return new Message();
      default:
        throw new IllegalArgumentException("do=" + command.get("do"));
    }
  }

  private static Message read(Credentials credentials, URI path) {
    AWSCredentials keys = credentials.get();
    AmazonS3 s3 =
        AmazonS3ClientBuilder.standard()
            .withEndpointConfiguration(
                new EndpointConfiguration(
                    credentials.conf.get("fs.s3a.endpoint"),
                    credentials.conf.get("fs.s3a.endpoint.region")))
            .withPathStyleAccessEnabled(true)
            .withClientConfiguration(new ClientConfiguration().withMaxErrorRetry(0))
            .withCredentials(new AWSStaticCredentialsProvider(keys))
            .build();
    Message answer = new Message();
    try {
      answer.put("own.text", s3.getObjectAsString(path.getHost(), path.getPath().substring(1)));
    } catch (RuntimeException error) {
      answer.putAll("own.", Message.of(error));
    } finally {
      s3.shutdown();
    }
    return answer.put("fell", credentials.fell);
  }

  /** The chain of one file system: the custom provider, then the instance profile for good. */
  private static final class Credentials {
    private final Configuration conf = new Configuration();
    private final AWSCredentialsProvider instanceProfile =
        InstanceProfileCredentialsProvider.getInstance();
    private AWSCredentialsProvider custom;
    private String built = "not at all";
    private volatile boolean fell;

    /** {@code constructor=setConf} plays a version that never tries the one with arguments. */
    Credentials(Message command) {
      command.under("conf.").forEach(conf::set);
      try {
        Class<?> named = conf.getClassByName(conf.get("fs.s3.customAWSCredentialsProvider"));
        if (!"setConf".equals(command.get("constructor", ""))) {
          custom = withArguments(named, URI.create(command.get("uri")));
        }
        if (custom == null) {
          custom = (AWSCredentialsProvider) named.getConstructor().newInstance();
          ((Configurable) custom).setConf(conf);
          built = "setConf";
        }
      } catch (Exception | LinkageError swallowed) {
        custom = null;
        fell = true;
      }
    }

    private AWSCredentialsProvider withArguments(Class<?> named, URI uri) {
      try {
        Object provider =
            named.getConstructor(URI.class, Configuration.class).newInstance(uri, conf);
        built = "(URI, Configuration)";
        return (AWSCredentialsProvider) provider;
      } catch (ReflectiveOperationException swallowed) {
        return null;
      }
    }

    AWSCredentials get() {
      if (!fell) {
        try {
          AWSCredentials keys = custom.getCredentials();
          if (keys != null) {
            return keys;
          }
        } catch (RuntimeException | LinkageError swallowed) {
          // EMRFS says nothing either.
        }
        fell = true;
      }
      return instanceProfile.getCredentials();
    }
  }
}
