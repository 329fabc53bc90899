package dev.rolecall.sdkv2;

import static dev.rolecall.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.rolecall.CapturedLog;
import dev.rolecall.CountedCrossings;
import dev.rolecall.ForcedPanic;
import dev.rolecall.GivenGroups;
import dev.rolecall.Hosts;
import dev.rolecall.RolecallException;
import dev.rolecall.World;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** What differs under SDK v2; the rest is tested with the v1 provider, which shares it. */
@Timeout(120)
class ProviderTest {
  private static final Class<?> OURS = RolecallCredentialsProvider.class;
  private static final URI LOCATION = URI.create("s3a://lake/");
  private static final UserGroupInformation CAROL = UserGroupInformation.createRemoteUser("carol");

  @TempDir Path directory;
  private World world;

  @BeforeEach
  void open() throws Exception {
    world = new World(directory);
    world.rules(
        "deny", "{\"name\": \"c\", \"users\": [\"carol\"], \"role\": \"" + role("r") + "\"}");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static RolecallCredentialsProvider made(
      PrivilegedAction<RolecallCredentialsProvider> by) {
    return CAROL.doAs(by);
  }

  private RolecallCredentialsProvider underS3a() {
    Configuration conf = world.configured(Hosts.s3aAlone(OURS));
    return made(() -> new RolecallCredentialsProvider(LOCATION, conf));
  }

  @Test
  void theCallersRoleByEitherQuestion() {
    try (RolecallCredentialsProvider provider = underS3a()) {
      AwsCredentials credentials = provider.resolveCredentials();
      assertThat(world.sts.roleOf(credentials.accessKeyId())).isEqualTo(role("r"));
      assertThat(credentials).isInstanceOf(AwsSessionCredentials.class);
      AwsCredentialsIdentity identity = provider.resolveIdentity().join();
      assertThat(identity).isSameAs(credentials);
      assertThat(provider.identityType()).isEqualTo(AwsCredentialsIdentity.class);
    }
  }

  @Test
  void theBaseItselfIsLongTermKeys() throws Exception {
    world.rules("base");
    try (RolecallCredentialsProvider provider = underS3a()) {
      AwsCredentials credentials = provider.resolveCredentials();
      assertThat(credentials).isNotInstanceOf(AwsSessionCredentials.class);
      assertThat(credentials.accessKeyId()).isEqualTo(World.BASE_KEY);
      assertThat(credentials.secretAccessKey()).isEqualTo(World.BASE_SECRET);
    }
  }

  @Test
  void aWarmCallAllocatesNothingAndDoesNotCross() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    try (CountedCrossings library = new CountedCrossings();
        RolecallCredentialsProvider provider = underS3a()) {
      AwsCredentials first = provider.resolveCredentials();
      for (int attempt = 0; attempt < 100; attempt++) {
        long crossed = library.count();
        boolean same = true;
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 100_000; i++) {
          same &= provider.resolveCredentials() == first;
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(same).isTrue();
        if (library.count() == crossed && allocated == 0) {
          return;
        }
      }
    }
    assertThat(false).as("100 000 calls without an allocation and a crossing").isTrue();
  }

  @Test
  void refreshBringsANewSession() {
    try (RolecallCredentialsProvider provider = underS3a()) {
      AwsCredentials first = provider.resolveCredentials();
      provider.refresh();
      assertThat(provider.resolveCredentials().accessKeyId()).isNotEqualTo(first.accessKeyId());
    }
  }

  @Test
  void aRefusalUnderS3aIsAnExceptionOfNoSdk() throws Exception {
    world.rules("deny", "{\"name\": \"stop\", \"deny\": \"ask the owner\"}");
    try (RolecallCredentialsProvider provider = underS3a()) {
      assertThatThrownBy(provider::resolveCredentials)
          .isExactlyInstanceOf(RolecallException.class)
          .hasMessageStartingWith("RC201: ")
          .hasMessageContaining("ask the owner");
    }
  }

  @Test
  void aPanicIsAFailedCallAndTheNextOneWorks() {
    try (RolecallCredentialsProvider provider = underS3a()) {
      ForcedPanic.arm();
      assertThatThrownBy(provider::resolveCredentials).hasMessageStartingWith("RC601: ");
      assertThat(world.sts.roleOf(provider.resolveCredentials().accessKeyId()))
          .isEqualTo(role("r"));
    }
  }

  @Test
  void everywhereElseARefusalIsUnusable() throws Exception {
    world.rules("deny", "{\"name\": \"stop\", \"deny\": \"ask the owner\"}");
    Configuration alone = world.configured(Hosts.s3aAlone(OURS));
    String other = "software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider";
    Configuration withAnother = world.configured(Hosts.s3a(OURS.getName() + "," + other));
    Configuration emrfs = world.configured(Hosts.emrfs(OURS));
    assertUnusable(made(() -> new RolecallCredentialsProvider(LOCATION, withAnother)));
    assertUnusable(made(() -> new RolecallCredentialsProvider(LOCATION, emrfs)));
    assertUnusable(made(() -> new RolecallCredentialsProvider(null, alone)));
    assertUnusable(made(() -> new RolecallCredentialsProvider(alone)));
    assertUnusable(made(() -> new RolecallCredentialsProvider(LOCATION, null)));
  }

  private static void assertUnusable(RolecallCredentialsProvider provider) {
    try (CapturedLog log = new CapturedLog()) {
      AwsCredentials credentials = provider.resolveCredentials();
      assertThat(credentials.accessKeyId()).isEqualTo("AKIAROLECALLREFUSED0");
      assertThat(credentials.secretAccessKey()).hasSize(40);
      assertThat(credentials).isNotInstanceOf(AwsSessionCredentials.class);
      assertThat(log.lines()).anyMatch(line -> line.startsWith("WARNING Unusable credentials"));
    } finally {
      provider.close();
    }
  }

  private static void withProperties(Configuration conf, Runnable action) {
    Map<String, String> set = new HashMap<>();
    for (Map.Entry<String, String> each : conf) {
      set.put(each.getKey(), each.getValue());
    }
    set.forEach(System::setProperty);
    try {
      action.run();
    } finally {
      set.keySet().forEach(System::clearProperty);
    }
  }

  @Test
  void aProgramCreatesOneByPropertiesAndIsToldByAnException() throws Exception {
    try (RolecallCredentialsProvider unset = made(RolecallCredentialsProvider::create)) {
      assertThatThrownBy(unset::resolveCredentials)
          .isInstanceOf(RolecallException.class)
          .hasMessageStartingWith("RC101: ");
    }
    withProperties(
        world.configured(new Configuration(false)),
        () -> {
          try (RolecallCredentialsProvider provider = made(RolecallCredentialsProvider::create)) {
            assertThat(world.sts.roleOf(provider.resolveCredentials().accessKeyId()))
                .isEqualTo(role("r"));
          }
        });
  }

  @Test
  void groupsAreTheHostsOwn() throws Exception {
    GivenGroups.install(new Configuration());
    GivenGroups.put("carol", "staff", "eng");
    world.rules(
        "deny", "{\"name\": \"g\", \"groups\": [\"eng\"], \"role\": \"" + role("eng") + "\"}");
    try (RolecallCredentialsProvider provider = underS3a()) {
      assertThat(world.sts.roleOf(provider.resolveCredentials().accessKeyId()))
          .isEqualTo(role("eng"));
    }
  }

  @Test
  void closingTwiceLeavesWhatIsValid() {
    RolecallCredentialsProvider provider = underS3a();
    AwsCredentials first = provider.resolveCredentials();
    provider.close();
    provider.close();
    assertThat(provider.resolveCredentials()).isSameAs(first);
    assertThat(provider.toString())
        .contains("s3a://lake", "carol")
        .doesNotContain(first.accessKeyId(), first.secretAccessKey());
  }
}
