package dev.rolecall.sdkv2;

import static dev.rolecall.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rolecall.CredentialsSource;
import dev.rolecall.World;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** A program with the SDK and no Hadoop: the caller is the operating system's user. */
class WithoutHadoopTest {
  private static final String PATH = "rolecall.native.path";

  @TempDir Path directory;
  private final Map<String, String> set = new HashMap<>();
  private String path;

  @BeforeEach
  void copyLibrary() throws Exception {
    path = System.getProperty(PATH);
    Path copy = Files.copy(Paths.get(path), directory.resolve("librolecall.so"));
    System.setProperty(PATH, copy.toString());
  }

  @AfterEach
  void remember() {
    set.keySet().forEach(System::clearProperty);
    System.setProperty(PATH, path);
  }

  private static URLClassLoader withoutHadoop() {
    List<URL> urls = new ArrayList<>();
    for (Class<?> each :
        new Class<?>[] {
          CredentialsSource.class,
          RolecallCredentialsProvider.class,
          AwsCredentialsProvider.class,
          IdentityProvider.class,
          SdkAutoCloseable.class,
          SdkField.class
        }) {
      urls.add(each.getProtectionDomain().getCodeSource().getLocation());
    }
    return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void theCallerIsTheOperatingSystemsUser() throws Exception {
    try (World world = new World(directory);
        URLClassLoader loader = withoutHadoop()) {
      world.rules("deny", "{\"name\": \"all\", \"role\": \"" + role("${user}") + "\"}");
      for (Map.Entry<String, String> each : world.configured(new Configuration(false))) {
        set.put(each.getKey(), each.getValue());
      }
      set.forEach(System::setProperty);
      assertThatThrownBy(() -> loader.loadClass(Configuration.class.getName()))
          .isInstanceOf(ClassNotFoundException.class);
      Class<?> providerClass = loader.loadClass(RolecallCredentialsProvider.class.getName());
      Object provider = providerClass.getMethod("create").invoke(null);
      Object credentials = providerClass.getMethod("resolveCredentials").invoke(provider);
      Object id = credentials.getClass().getMethod("accessKeyId").invoke(credentials);
      assertThat(world.sts.roleOf((String) id)).isEqualTo(role(System.getProperty("user.name")));
    }
  }
}
