package dev.rolecall;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.PrivilegedAction;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups as the directory gives them, fails to, or does not: at once, late and never. */
@Timeout(60)
class CallerGroupsTest {
  private final FakeBoundary library = new FakeBoundary();
  private final MovedTicker clock = new MovedTicker();
  private final Configuration conf = Hosts.s3aAlone(Keys.class);
  private final CountDownLatch directoryIsBack = new CountDownLatch(1);
  private Boundary before;

  @BeforeEach
  void put() {
    before = NativeLibrary.replace(library);
    GivenGroups.install(conf);
  }

  @AfterEach
  void takeAway() {
    directoryIsBack.countDown();
    NativeLibrary.replace(before);
  }

  private CredentialsSource<Keys> of(String user) {
    return UserGroupInformation.createRemoteUser(user)
        .doAs(
            (PrivilegedAction<CredentialsSource<Keys>>)
                () -> CredentialsSource.forHost(Keys.class, Hosts.BUCKET, conf, Keys.SHAPE, clock));
  }

  /** The library needs groups, and refuses where it does not get them. */
  private FakeBoundary needingGroups() {
    return library.then(
        question -> {
          if (question.groups == null) {
            return Answers.needGroups();
          }
          return question.groups.startsWith("unknown")
              ? Answers.refused(204, question.groups)
              : Answers.keys(1, 30_000, 60_000, question.groups);
        });
  }

  /** The directory does not answer for {@code user}, and meanwhile the time goes by. */
  private void hang(String user) {
    GivenGroups.on(
        user,
        () -> {
          clock.pass(120, SECONDS);
          awaitUninterruptibly(directoryIsBack);
          return Collections.singletonList("late");
        });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void groupsAreLookedUpOnlyWhenNeededAndOnlyForThatQuestion() {
    GivenGroups.put("carol", "staff", "data eng");
    library
        .then(Answers.needGroups())
        .then(Answers.pending())
        .then(Answers.keys(1, 30_000, 60_000, "A"));
    CredentialsSource<Keys> source = of("carol");
    assertThat(GivenGroups.lookups()).isZero();
    source.credentials();
    assertThat(library.questions)
        .extracting(question -> question.groups)
        .containsExactly(null, "[staff, data eng]", null);
    assertThat(GivenGroups.lookups()).isEqualTo(1);
  }

  @Test
  void anEmptyAnswerIsNotAFailure() {
    library.then(Answers.needGroups()).then(Answers.refused(204, "groups unknown"));
    CredentialsSource<Keys> ofCarol = of("carol");
    assertThatThrownBy(ofCarol::credentials).hasMessageStartingWith("RC204");
    assertThat(library.questions.get(1).groups).as("carol has none").isEqualTo("[]");
  }

  @Test
  void whateverIsThrownMakesGroupsUnknownAndIsTold() {
    needingGroups();
    GivenGroups.on(
        "crashing",
        () -> {
          throw new IllegalStateException("half a configuration");
        });
    GivenGroups.on(
        "linking",
        () -> {
          throw new NoClassDefFoundError("com/example/Directory");
        });
    GivenGroups.on("null", () -> null);
    GivenGroups.on("holey", () -> Arrays.asList("staff", null));
    String[][] cases = {
      {"broken", "java.io.IOException: the directory does not answer"},
      {"crashing", "half a configuration"},
      {"linking", "com/example/Directory"},
      {"null", "null"},
      {"holey", "the group mapping answered null"},
    };
    for (String[] each : cases) {
      assertThatThrownBy(of(each[0])::credentials)
          .as(each[0])
          .hasMessageStartingWith("RC204: unknown: ")
          .hasMessageContaining(each[1]);
    }
  }

  @Test
  void aLookupThatHangsIsUnknownGroupsWhenTheTimeIsUp() {
    hang("hanging");
    needingGroups();
    CredentialsSource<Keys> source = of("hanging");
    assertThatThrownBy(source::credentials)
        .hasMessageStartingWith("RC204: unknown: the group mapping has not answered within 120 s");
    assertThat(library.questions.get(1).waitMillis).as("time to say so").isPositive();

    // Nobody waits as long again, not even for another bucket, and no second thread hangs.
    CredentialsSource<Keys> other = of("hanging");
    assertThatThrownBy(source::credentials).hasMessageStartingWith("RC204");
    assertThatThrownBy(other::credentials).hasMessageStartingWith("RC204");
    assertThat(lookupsUnderWay("hanging")).singleElement().matches(Thread::isDaemon);
    assertThat(GivenGroups.lookups()).isEqualTo(1);
    // And nobody else is held up.
    GivenGroups.put("carol", "staff");
    assertThat(of("carol").credentials().id).isEqualTo("ASIA[staff]");

    directoryIsBack.countDown();
    joinLookups("hanging");
    assertThat(source.credentials().id).isEqualTo("ASIA[late]");
    joinLookups("hanging");
    assertThat(lookupsUnderWay("hanging")).isEmpty();
  }

  @Test
  void aDirectoryThatHangsForEverybodyDoesNotTakeAllThreads() {
    for (int i = 0; i < GroupLookup.MOST; i++) {
      GivenGroups.on(
          "crowd" + i,
          () -> {
            awaitUninterruptibly(directoryIsBack);
            return Collections.singletonList("staff");
          });
      GroupLookup.of("crowd" + i, conf, clock);
    }
    needingGroups();
    GivenGroups.put("late", "staff");
    assertThatThrownBy(of("late")::credentials)
        .hasMessageStartingWith("RC204: unknown: ")
        .hasMessageContaining("the group mapping answers none of 100 other look-ups");
    directoryIsBack.countDown();
    joinLookups("crowd");
    assertThat(of("late").credentials().id).isEqualTo("ASIA[staff]");
  }

  @Test
  void aLookupKeepsNoClassLoaderOfTheCallers() {
    ClassLoader[] seen = new ClassLoader[1];
    GivenGroups.on(
        "loaded",
        () -> {
          seen[0] = Thread.currentThread().getContextClassLoader();
          return Collections.singletonList("staff");
        });
    needingGroups();
    CredentialsSource<Keys> source = of("loaded");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    ClassLoader ofJob = new ClassLoader(before) {};
    Thread.currentThread().setContextClassLoader(ofJob);
    try {
      assertThat(source.credentials().id).isEqualTo("ASIA[staff]");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat(seen[0]).isSameAs(Configuration.class.getClassLoader());
  }

  @Test
  void keysThatAreStillValidAreNotShownByARuleThatNeedsGroupsWhichHang() {
    hang("changed");
    library.then(Answers.keys(1, 30_000, 3_600_000, "A"));
    CredentialsSource<Keys> source = of("changed");
    source.credentials();
    clock.pass(30, SECONDS);
    needingGroups();
    assertThatThrownBy(source::credentials).hasMessageStartingWith("RC204");
  }

  @Test
  void callersAtOneTimeShareALookup() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    GivenGroups.on(
        "sharing",
        () -> {
          begun.countDown();
          awaitUninterruptibly(directoryIsBack);
          return Collections.singletonList("staff");
        });
    needingGroups();
    Keys[] keys = new Keys[2];
    Thread first = asking(of("sharing"), keys, 0);
    begun.await();
    Thread second = asking(of("sharing"), keys, 1);
    awaitQuestions(2);
    directoryIsBack.countDown();
    first.join();
    second.join();
    assertThat(keys).extracting(each -> each.id).containsOnly("ASIA[staff]");
    assertThat(GivenGroups.lookups()).isEqualTo(1);
  }

  @Test
  void whoeverIsInterruptedDoesNotWaitForTheDirectory() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    GivenGroups.on(
        "interrupted",
        () -> {
          begun.countDown();
          awaitUninterruptibly(directoryIsBack);
          return Collections.singletonList("staff");
        });
    needingGroups();
    CredentialsSource<Keys> source = of("interrupted");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread asking =
        new Thread(
            () -> {
              try {
                source.credentials();
              } catch (RolecallException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    asking.start();
    begun.await();
    asking.interrupt();
    asking.join();
    assertThat(thrown.get()).hasMessageContaining("was interrupted");
    assertThat(lookupsUnderWay("interrupted")).hasSize(1);
    directoryIsBack.countDown();
    assertThat(source.credentials().id).isEqualTo("ASIA[staff]");
  }

  @Test
  void aGroupMappingThatAsksForTheCredentialsItIsNeededForIsAFailure() {
    needingGroups();
    CredentialsSource<?>[] itself = new CredentialsSource<?>[1];
    GivenGroups.on(
        "circular",
        () -> {
          itself[0].credentials();
          return Collections.singletonList("staff");
        });
    itself[0] = of("circular");
    assertThatThrownBy(itself[0]::credentials)
        .hasMessageStartingWith("RC204: unknown: ")
        .hasMessageContaining("circular's groups asks for the credentials");
  }

  @Test
  void soIsOneThatNeedsItselfByWayOfAnotherBucket() {
    needingGroups();
    GivenGroups.on(
        "roundabout",
        () -> {
          of("roundabout").credentials();
          return Collections.singletonList("staff");
        });
    assertThatThrownBy(of("roundabout")::credentials)
        .hasMessageStartingWith("RC204: unknown: ")
        .hasMessageContaining("roundabout's groups asks for the credentials");
  }

  @Test
  void aThreadThatComesBackIntoItsOwnQuestionIsAFailure() {
    CredentialsSource<?>[] itself = new CredentialsSource<?>[1];
    library.then(
        question -> {
          itself[0].credentials();
          return Answers.pending();
        });
    itself[0] = of("carol");
    assertThatThrownBy(itself[0]::credentials).hasMessageContaining("carol's groups");
  }

  private static Thread asking(CredentialsSource<Keys> source, Keys[] keys, int index) {
    Thread asking = new Thread(() -> keys[index] = source.credentials());
    asking.start();
    return asking;
  }

  private void awaitQuestions(int count) {
    while (library.questions.size() < count) {
      Thread.onSpinWait();
    }
  }

  private static Thread[] lookupsUnderWay(String user) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("rolecall-groups-of-" + user))
        .toArray(Thread[]::new);
  }

  private static void joinLookups(String user) {
    try {
      for (Thread lookup : lookupsUnderWay(user)) {
        lookup.join();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
