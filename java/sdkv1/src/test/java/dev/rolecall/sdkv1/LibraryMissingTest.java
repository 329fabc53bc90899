package dev.rolecall.sdkv1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.auth.AWSCredentialsProvider;
import dev.rolecall.CapturedLog;
import dev.rolecall.FreshLoader;
import dev.rolecall.Hosts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Without its library the provider still refuses, and never in a way that means another identity.
 */
class LibraryMissingTest {
  private static final String PATH = "rolecall.native.path";
  private static final URI LOCATION = URI.create("s3a://lake/");

  @TempDir Path directory;
  private String path;

  @BeforeEach
  void forget() {
    path = System.clearProperty(PATH);
  }

  @AfterEach
  void remember() {
    System.setProperty(PATH, path);
  }

  private Class<?> freshClass() throws Exception {
    return Class.forName(
        RolecallCredentialsProvider.class.getName(), true, FreshLoader.withResources(directory));
  }

  private AWSCredentialsProvider byUri(URI location, Configuration conf) throws Exception {
    return (AWSCredentialsProvider)
        freshClass().getConstructor(URI.class, Configuration.class).newInstance(location, conf);
  }

  private void assertRefusedEverywhere(String told) throws Exception {
    Configuration s3a = Hosts.s3aAlone(RolecallCredentialsProvider.class);
    assertThatThrownBy(byUri(LOCATION, s3a)::getCredentials)
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(told);

    Configuration emrfs = Hosts.emrfs(RolecallCredentialsProvider.class);
    try (CapturedLog log = new CapturedLog()) {
      assertUnusable(byUri(LOCATION, emrfs));
      assertUnusable(byUri(null, s3a));
      AWSCredentialsProvider noArgument =
          (AWSCredentialsProvider) freshClass().getConstructor().newInstance();
      ((Configurable) noArgument).setConf(emrfs);
      assertUnusable(noArgument);
      noArgument.refresh();
      assertUnusable(noArgument);
      s3a.set("rolecall.refusal", "unusable");
      assertUnusable(byUri(LOCATION, s3a));
      assertThat(log.lines()).hasSize(4).allMatch(line -> line.contains(told));
    }
  }

  private static void assertUnusable(AWSCredentialsProvider provider) {
    assertThat(provider.getCredentials().getAWSAccessKeyId()).isEqualTo("AKIAROLECALLREFUSED0");
  }

  @Test
  void notInTheJar() throws Exception {
    assertRefusedEverywhere("RC701: ");
  }

  @Test
  void notWhereItIsSaidToBe() throws Exception {
    System.setProperty(PATH, directory + "/nowhere.so");
    assertRefusedEverywhere("RC701: ");
  }

  @Test
  void ofAnotherVersion() throws Exception {
    byte[] library = Files.readAllBytes(Paths.get(path));
    byte[] ours = "0.1.0".getBytes(StandardCharsets.US_ASCII);
    byte[] other = "7.7.7".getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at + ours.length <= library.length; at++) {
      if (Arrays.equals(library, at, at + ours.length, ours, 0, ours.length)) {
        System.arraycopy(other, 0, library, at, other.length);
      }
    }
    Path resource = directory.resolve("META-INF/rolecall/linux-x86_64/librolecall-0.1.0.so");
    Files.createDirectories(resource.getParent());
    Files.write(resource, library);
    assertRefusedEverywhere("RC704: ");
  }
}
