package dev.rolecall.sdkv1;

import static dev.rolecall.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSSessionCredentials;
import com.sun.management.ThreadMXBean;
import dev.rolecall.CapturedLog;
import dev.rolecall.CountedCrossings;
import dev.rolecall.ForcedPanic;
import dev.rolecall.GivenGroups;
import dev.rolecall.Hosts;
import dev.rolecall.StubSts;
import dev.rolecall.World;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the JVM through the library to an STS and back. */
@Timeout(120)
class RoleTest {
  private static final Class<?> OURS = RolecallCredentialsProvider.class;
  private static final UserGroupInformation CAROL = UserGroupInformation.createRemoteUser("carol");
  private static final UserGroupInformation DAVE = UserGroupInformation.createRemoteUser("dave");

  @TempDir Path directory;
  private World world;

  @BeforeEach
  void open() throws Exception {
    world = new World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static <T> T as(UserGroupInformation caller, PrivilegedAction<T> action) {
    return caller.doAs(action);
  }

  private Configuration s3a() {
    return world.configured(Hosts.s3aAlone(OURS));
  }

  private static RolecallCredentialsProvider provider(
      UserGroupInformation caller, String location, Configuration conf) {
    return as(caller, () -> new RolecallCredentialsProvider(URI.create(location), conf));
  }

  private static String ruleFor(String user) {
    return "{\"name\": \"of-"
        + user
        + "\", \"users\": [\""
        + user
        + "\"], \"role\": \""
        + role(user)
        + "\"}";
  }

  private String roleOf(AWSCredentials credentials) {
    return world.sts.roleOf(credentials.getAWSAccessKeyId());
  }

  @Test
  void theCallersRoleIsAssumedWithTheBasesKeys() throws Exception {
    world.rules("deny", ruleFor("carol"));
    AWSCredentials credentials = provider(CAROL, "s3a://lake/", s3a()).getCredentials();
    assertThat(credentials).isInstanceOf(AWSSessionCredentials.class);
    assertThat(credentials.getAWSSecretKey()).startsWith("stub+secret+");
    assertThat(((AWSSessionCredentials) credentials).getSessionToken()).startsWith("stub+token+");
    StubSts.Call call = world.sts.calls().get(0);
    assertThat(call.role).isEqualTo(role("carol"));
    assertThat(call.sessionName).isEqualTo("carol");
    assertThat(call.duration).isEqualTo("3600");
    assertThat(call.signer).isEqualTo(World.BASE_KEY);
    assertThat(call.given).isEqualTo(credentials.getAWSAccessKeyId());
  }

  @Test
  void theBaseItselfIsLongTermKeys() throws Exception {
    world.rules("base");
    AWSCredentials credentials = provider(CAROL, "s3a://lake/", s3a()).getCredentials();
    assertThat(credentials).isNotInstanceOf(AWSSessionCredentials.class);
    assertThat(credentials.getAWSAccessKeyId()).isEqualTo(World.BASE_KEY);
    assertThat(credentials.getAWSSecretKey()).isEqualTo(World.BASE_SECRET);
    assertThat(world.sts.calls()).isEmpty();
  }

  @Test
  void aWarmCallAllocatesNothingAndDoesNotCross() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    AWSCredentials first = provider.getCredentials();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    try (CountedCrossings library = new CountedCrossings()) {
      // The rules are due after 250 ms here: measured is a stretch in which nothing crossed.
      for (int attempt = 0; attempt < 100; attempt++) {
        long crossed = library.count();
        boolean same = true;
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 100_000; i++) {
          same &= provider.getCredentials() == first;
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
  void fiftyProvidersAndFiftyThreadsCostOneCallASession() throws Exception {
    GivenGroups.install(s3a());
    GivenGroups.put("carol", "eng");
    world.rules(
        "deny",
        "{\"name\": \"logs\", \"prefixes\": [\"s3://logs/\"], \"role\": \"" + role("logs") + "\"}",
        "{\"name\": \"eng\", \"groups\": [\"eng\"], \"role\": \"" + role("eng") + "\"}");
    int many = 50;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(many);
    List<Future<AWSCredentials>> answers = new ArrayList<>();
    try {
      for (int i = 0; i < many; i++) {
        String location = i % 2 == 0 ? "s3a://logs/" : "s3a://bucket" + i + "/";
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return provider(CAROL, location, s3a()).getCredentials();
                }));
      }
      start.countDown();
      for (int i = 0; i < many; i++) {
        assertThat(roleOf(answers.get(i).get())).isEqualTo(role(i % 2 == 0 ? "logs" : "eng"));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(world.sts.calls())
        .extracting(call -> call.role)
        .containsExactlyInAnyOrder(role("logs"), role("eng"));
  }

  @Test
  void fiftyThreadsOfOneProviderCostOneCall() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(50);
    try {
      List<Future<AWSCredentials>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return provider.getCredentials();
                }));
      }
      start.countDown();
      for (Future<AWSCredentials> answer : answers) {
        assertThat(roleOf(answer.get())).isEqualTo(role("carol"));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(world.sts.calls()).hasSize(1);
  }

  @Test
  void aPanicIsAFailedCallAndTheNextOneWorks() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    try (CapturedLog log = new CapturedLog()) {
      ForcedPanic.arm();
      assertThatThrownBy(provider::getCredentials)
          .hasMessageStartingWith("RC601: a fault inside Rolecall at ")
          .hasMessageContaining("forced_panic.rs:");
      assertThat(roleOf(provider.getCredentials())).isEqualTo(role("carol"));
      assertThat(log.lines())
          .anyMatch(line -> line.contains("forced, with 42 and a value of `…`"))
          .noneMatch(line -> line.contains("hunter2"));
    }
  }

  @Test
  void aPanicUnderEmrfsIsUnusableAndNoOtherIdentity() throws Exception {
    world.rules("deny", ruleFor("carol"));
    Configuration conf = world.configured(Hosts.emrfs(OURS));
    EmrfsLike emrfs = as(CAROL, () -> EmrfsLike.byUri(URI.create("s3://lake/"), conf));
    ForcedPanic.arm();
    assertThat(emrfs.credentials().getAWSAccessKeyId()).isEqualTo("AKIAROLECALLREFUSED0");
  }

  @Test
  void aPanicLeavesWhatIsValid() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    AWSCredentials first = provider.getCredentials();
    try (CapturedLog log = new CapturedLog()) {
      ForcedPanic.arm();
      await(
          () -> {
            assertThat(provider.getCredentials()).isSameAs(first);
            return log.lines().stream().anyMatch(line -> line.contains("RC601"));
          });
    }
  }

  @Test
  void aChangedRuleIsSeen() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    assertThat(roleOf(provider.getCredentials())).isEqualTo(role("carol"));
    world.rules("deny", ruleFor("carol").replace("role/carol", "role/other"));
    await(() -> role("other").equals(roleOf(provider.getCredentials())));
    world.rules(
        "deny", "{\"name\": \"stop\", \"users\": [\"carol\"], \"deny\": \"ask the owner\"}");
    await(
        () -> {
          try {
            provider.getCredentials();
            return false;
          } catch (RuntimeException e) {
            assertThat(e).hasMessageStartingWith("RC201: ").hasMessageContaining("ask the owner");
            return true;
          }
        });
  }

  @Test
  void rulesThatCanNoLongerBeReadLeaveTheLastGoodOnes() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    AWSCredentials first = provider.getCredentials();
    try (CapturedLog log = new CapturedLog()) {
      world.rulesText("{\"version\": 1, \"rules\": [");
      await(
          () -> {
            assertThat(provider.getCredentials()).isSameAs(first);
            return log.lines().stream().anyMatch(line -> line.contains("RC10"));
          });
    }
  }

  @Test
  void refreshBringsANewSession() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    AWSCredentials first = provider.getCredentials();
    provider.refresh();
    AWSCredentials second = provider.getCredentials();
    assertThat(second.getAWSAccessKeyId()).isNotEqualTo(first.getAWSAccessKeyId());
    assertThat(roleOf(second)).isEqualTo(role("carol"));
    assertThat(world.sts.calls()).hasSize(2);
  }

  @Test
  void aRefreshThatStsRefusesLeavesWhatIsValid() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    AWSCredentials first = provider.getCredentials();
    world.sts.refuse(role("carol"), 403, "AccessDenied", "not any more");
    provider.refresh();
    assertThat(provider.getCredentials()).isSameAs(first);
    assertThat(world.sts.calls()).hasSize(2);
  }

  @Test
  void theCallerIsTheOneAtConstruction() throws Exception {
    world.rules("deny", ruleFor("carol"), ruleFor("dave"));
    RolecallCredentialsProvider ofCarol = provider(CAROL, "s3a://lake/", s3a());
    assertThat(roleOf(as(DAVE, ofCarol::getCredentials))).isEqualTo(role("carol"));
    assertThat(roleOf(ofCarol.getCredentials())).isEqualTo(role("carol"));
  }

  @Test
  void perCallItIsWhoeverCalls() throws Exception {
    world.rules("deny", ruleFor("carol"), ruleFor("dave"));
    Configuration conf = s3a();
    conf.set("rolecall.identity", "per-call");
    RolecallCredentialsProvider ofCarol = provider(CAROL, "s3a://lake/", conf);
    assertThat(roleOf(as(DAVE, ofCarol::getCredentials))).isEqualTo(role("dave"));
    assertThat(roleOf(as(CAROL, ofCarol::getCredentials))).isEqualTo(role("carol"));
    assertThat(roleOf(as(DAVE, ofCarol::getCredentials))).isEqualTo(role("dave"));
    assertThat(world.sts.calls())
        .extracting(call -> call.role)
        .containsExactly(role("dave"), role("carol"));
  }

  @Test
  void twoTenantsInOneJvm() throws Exception {
    world.rules(
        "deny",
        "{\"name\": \"tenant\", \"prefixes\": [\"s3://lake/\"], \"conf\": {\"tenant\": [\"acme\","
            + " \"zenith\"]}, \"role\": \""
            + role("t-${conf:tenant}")
            + "\"}");
    Configuration acme = s3a();
    acme.set("rolecall.conf.tenant", "acme");
    RolecallCredentialsProvider ofAcme = provider(CAROL, "s3a://lake/", acme);
    acme.set("rolecall.conf.tenant", "zenith");
    RolecallCredentialsProvider ofZenith = provider(CAROL, "s3a://lake/", acme);
    assertThat(roleOf(ofZenith.getCredentials())).isEqualTo(role("t-zenith"));
    assertThat(roleOf(ofAcme.getCredentials()))
        .as("read at construction, whatever the configuration says now")
        .isEqualTo(role("t-acme"));
    acme.set("rolecall.conf.tenant", "other");
    assertThatThrownBy(provider(CAROL, "s3a://lake/", acme)::getCredentials)
        .hasMessageStartingWith("RC202: ");
  }

  @Test
  void rulesInlineAreNotExpandedByHadoop() throws Exception {
    Configuration conf = s3a();
    conf.set("user", "somebody-else");
    conf.set(
        "rolecall.rules",
        "{\"version\": 1, \"base\": "
            + world.base()
            + ", \"rules\": [{\"name\": \"u\", \"role\": \""
            + role("${user}")
            + "\"}], \"otherwise\": \"deny\"}");
    assertThat(roleOf(provider(CAROL, "s3a://lake/", conf).getCredentials()))
        .isEqualTo(role("carol"));
  }

  @Test
  void closedProvidersStillAnswerWithWhatIsValid() throws Exception {
    world.rules("deny", ruleFor("carol"));
    RolecallCredentialsProvider provider = provider(CAROL, "s3a://lake/", s3a());
    AWSCredentials first = provider.getCredentials();
    provider.close();
    provider.close();
    assertThat(provider.getCredentials()).isSameAs(first);
  }

  @Test
  void noUriNoConfigurationAndSetConf() throws Exception {
    world.rules("deny", ruleFor("carol"));
    Configuration conf = s3a();
    assertThat(roleOf(provider(conf, null))).isEqualTo(role("carol"));
    assertThat(roleOf(as(CAROL, () -> new RolecallCredentialsProvider(conf)).getCredentials()))
        .isEqualTo(role("carol"));
    RolecallCredentialsProvider empty = as(CAROL, RolecallCredentialsProvider::new);
    assertThat(empty.getConf()).isNull();
    assertThat(empty.getCredentials().getAWSAccessKeyId())
        .as("no rules")
        .isEqualTo("AKIAROLECALLREFUSED0");
    as(
        CAROL,
        () -> {
          empty.setConf(conf);
          return null;
        });
    assertThat(empty.getConf()).isSameAs(conf);
    assertThat(roleOf(empty.getCredentials())).isEqualTo(role("carol"));
  }

  private static AWSCredentials provider(Configuration conf, URI none) {
    return as(CAROL, () -> new RolecallCredentialsProvider(none, conf)).getCredentials();
  }

  @Test
  void noSecretIsToldAtAnyLevel() throws Exception {
    world.rules("deny", ruleFor("carol"));
    Configuration conf = s3a();
    List<String> told = new ArrayList<>();
    try (CapturedLog log = new CapturedLog().verbose()) {
      RolecallCredentialsProvider provider =
          provider(CAROL, "s3a://AKIAURIKEY:uri+secret@lake/path", conf);
      provider.getCredentials();
      told.add(provider.toString());
      provider.refresh();
      world.sts.refuse(role("carol"), 403, "AccessDenied", "no");
      try {
        provider(CAROL, "s3a://AKIAURIKEY:uri+secret@lake/path", conf).getCredentials();
      } catch (RuntimeException e) {
        told.add(e.toString());
      }
      world.rules("deny", "{\"name\": \"stop\", \"deny\": \"no\"}");
      RolecallCredentialsProvider refused =
          provider(CAROL, "s3a://AKIAURIKEY:uri+secret@lake/path", conf);
      await(
          () -> {
            try {
              refused.getCredentials();
              return false;
            } catch (RuntimeException e) {
              told.add(e.toString());
              return true;
            }
          });
      told.addAll(log.lines());
    }
    assertThat(told).hasSizeGreaterThan(3);
    for (String secret : StubSts.secrets()) {
      assertThat(told).noneMatch(line -> line.contains(secret));
    }
    assertThat(told)
        .noneMatch(line -> line.contains(World.BASE_SECRET))
        .noneMatch(line -> line.contains("uri+secret"));
  }

  @Test
  void theFirstDecisionIsOneLine() throws Exception {
    world.rules("deny", ruleFor("carol"));
    try (CapturedLog log = new CapturedLog()) {
      for (int i = 0; i < 3; i++) {
        provider(CAROL, "s3a://told-once/", s3a()).getCredentials();
      }
      assertThat(log.lines())
          .filteredOn(line -> line.startsWith("INFO") && line.contains("told-once"))
          .singleElement()
          .asString()
          .contains("carol", "of-carol", role("carol"));
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** Polls: what is waited for happens on the library's own clock. */
  private static void await(Condition condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
        throw new AssertionError("it did not come to hold");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
