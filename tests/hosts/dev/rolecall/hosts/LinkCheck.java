package dev.rolecall.hosts;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import java.net.URI;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;

/**
 * Links every class of ours that the SDK v1 provider may need, and asks the provider, where only an
 * old Hadoop and the core of SDK v1 are: {@code LinkCheck JAR PROVIDER}.
 */
public final class LinkCheck {
  private LinkCheck() {}

  /** Prints what it linked, and one line for each way to build the provider. */
  public static void main(String[] arguments) throws Exception {
    int linked = 0;
    try (JarFile jar = new JarFile(arguments[0])) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        String name = entry.getName();
        if (name.endsWith(".class") && !name.contains("/sdkv2/")) {
          Class<?> type = Class.forName(name.substring(0, name.length() - 6).replace('/', '.'));
          linked += type.getDeclaredMethods().length + type.getDeclaredConstructors().length;
        }
      }
    }
    System.out.println("linked " + (linked > 0));
    Class<?> provider = Class.forName(arguments[1]);
    Configuration conf = new Configuration();
    Object bare = provider.getConstructor().newInstance();
    ((Configurable) bare).setConf(conf);
    ask("setConf", bare);
    ask("(Configuration)", provider.getConstructor(Configuration.class).newInstance(conf));
    URI uri = URI.create("s3://some-bucket/");
    ask(
        "(URI, Configuration)",
        provider.getConstructor(URI.class, Configuration.class).newInstance(uri, conf));
    Runtime.getRuntime().halt(0);
  }

  private static void ask(String constructor, Object provider) {
    AWSCredentials keys = ((AWSCredentialsProvider) provider).getCredentials();
    System.out.println(constructor + " answers " + (keys.getAWSAccessKeyId().length() >= 16));
  }
}
