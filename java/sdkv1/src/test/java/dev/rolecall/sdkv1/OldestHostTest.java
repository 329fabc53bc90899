package dev.rolecall.sdkv1;

import static dev.rolecall.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rolecall.CredentialsSource;
import dev.rolecall.World;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** EMR 5's Hadoop and SDK, without hadoop-aws, in a class loader that sees nothing else. */
@DisabledForJreRange(min = JRE.JAVA_24, disabledReason = "this Hadoop does not run there")
class OldestHostTest {
  private static final String PATH = "rolecall.native.path";

  @TempDir Path directory;
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private String path;

  @BeforeEach
  void copyLibrary() throws Exception {
    path = System.getProperty(PATH);
    Path copy = Files.copy(Paths.get(path), directory.resolve("librolecall.so"));
    System.setProperty(PATH, copy.toString());
  }

  @AfterEach
  void remember() {
    System.setProperty(PATH, path);
    Thread.currentThread().setContextClassLoader(before);
  }

  private static URLClassLoader oldest() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String jar : System.getProperty("test.oldest.classpath").split(File.pathSeparator)) {
      urls.add(Paths.get(jar).toUri().toURL());
    }
    for (Class<?> ours :
        new Class<?>[] {CredentialsSource.class, RolecallCredentialsProvider.class}) {
      urls.add(ours.getProtectionDomain().getCodeSource().getLocation());
    }
    return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void itAssumesTheRoleThere() throws Exception {
    try (World world = new World(directory);
        URLClassLoader loader = oldest()) {
      // Hadoop finds classes by this one.
      Thread.currentThread().setContextClassLoader(loader);
      world.rules("deny", "{\"name\": \"all\", \"role\": \"" + role("r") + "\"}");
      assertThatThrownBy(() -> loader.loadClass("org.apache.hadoop.fs.s3a.S3AFileSystem"))
          .isInstanceOf(ClassNotFoundException.class);
      Class<?> confClass = loader.loadClass(Configuration.class.getName());
      Object conf = confClass.getConstructor(boolean.class).newInstance(false);
      for (Map.Entry<String, String> each : world.configured(new Configuration(false))) {
        confClass
            .getMethod("set", String.class, String.class)
            .invoke(conf, each.getKey(), each.getValue());
      }
      Class<?> providerClass = loader.loadClass(RolecallCredentialsProvider.class.getName());
      Object provider =
          providerClass
              .getConstructor(URI.class, confClass)
              .newInstance(URI.create("s3://lake/"), conf);
      Object credentials = providerClass.getMethod("getCredentials").invoke(provider);
      Object id = credentials.getClass().getMethod("getAWSAccessKeyId").invoke(credentials);
      assertThat(world.sts.roleOf((String) id)).isEqualTo(role("r"));
      assertThat(world.sts.calls().get(0).sessionName).isEqualTo(System.getProperty("user.name"));
    }
  }
}
