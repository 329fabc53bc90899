package dev.rolecall;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way from one answer to the next, against a library that answers as it is told. */
@Timeout(60)
class HoldingTest {
  private final FakeBoundary library = new FakeBoundary();
  private final MovedTicker clock = new MovedTicker();
  private final CapturedLog log = new CapturedLog();
  private Boundary before;

  @BeforeEach
  void put() {
    before = NativeLibrary.replace(library);
  }

  @AfterEach
  void takeAway() {
    NativeLibrary.replace(before);
    log.close();
  }

  private CredentialsSource<Keys> underS3a() {
    return source(Hosts.s3aAlone(Keys.class));
  }

  private CredentialsSource<Keys> underEmrfs() {
    return source(Hosts.emrfs(Keys.class));
  }

  private CredentialsSource<Keys> source(Configuration conf) {
    UserGroupInformation carol = UserGroupInformation.createRemoteUser("carol");
    return carol.doAs(
        (java.security.PrivilegedAction<CredentialsSource<Keys>>)
            () -> CredentialsSource.forHost(Keys.class, Hosts.BUCKET, conf, Keys.SHAPE, clock));
  }

  @Test
  void aFreshAnswerIsShownWithoutCrossing() {
    library.then(Answers.keys(1, 30_000, 3_600_000, "A"));
    CredentialsSource<Keys> source = underS3a();
    Keys first = source.credentials();
    assertThat(first.id).isEqualTo("ASIAA");
    assertThat(first.secret).isEqualTo("secret of A");
    assertThat(first.token).isEqualTo("token of A");
    clock.pass(29_999, MILLISECONDS);
    assertThat(source.credentials()).isSameAs(first);
    assertThat(library.questions).hasSize(1);
    assertThat(library.openedFor).containsExactly("carol@s3a://lake/");
  }

  @Test
  void unchangedKeepsTheObjectAndMovesBothTimesForward() {
    library.then(Answers.keys(1, 30_000, 60_000, "A")).then(Answers.unchanged(30_000, 60_000));
    CredentialsSource<Keys> source = underS3a();
    Keys first = source.credentials();
    for (int asked = 2; asked < 6; asked++) {
      clock.pass(30, SECONDS);
      assertThat(source.credentials()).isSameAs(first);
      assertThat(source.credentials()).isSameAs(first);
      assertThat(library.questions).hasSize(asked);
      assertThat(library.questions.get(asked - 1).held).isEqualTo(1);
    }
  }

  @Test
  void newKeysAreANewObject() {
    library.then(Answers.keys(1, 30_000, 60_000, "A")).then(Answers.keys(2, 30_000, 60_000, "B"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    clock.pass(30, SECONDS);
    assertThat(source.credentials().id).isEqualTo("ASIAB");
  }

  @Test
  void keysWithoutAnEndAreAskedForAgainNonetheless() {
    library.then(Answers.keys(1, 30_000, Answers.NEVER, "A")).then(Answers.unchanged(1000, -1));
    CredentialsSource<Keys> source = underS3a();
    Keys first = source.credentials();
    clock.pass(30, SECONDS);
    assertThat(source.credentials()).isSameAs(first);
    assertThat(library.questions).hasSize(2);
    clock.pass(10_000, HOURS);
    assertThat(source.credentials()).isSameAs(first);
  }

  @Test
  void whatHasEndedIsNotShownHoweverLongItSaidItWouldBeFresh() {
    library.then(Answers.keys(1, 90_000, 60_000, "A")).then(Answers.failed(306, "STS has a fault"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    clock.pass(60, SECONDS);
    assertThatThrownBy(source::credentials).hasMessage("RC306: STS has a fault");
  }

  @Test
  void pendingIsAskedAgainInShortCrossings() {
    library.then(Answers.pending()).then(Answers.pending()).then(Answers.keys(1, 9, 9, "A"));
    assertThat(underS3a().credentials().id).isEqualTo("ASIAA");
    assertThat(library.questions).hasSize(3);
    assertThat(library.questions).allMatch(question -> question.waitMillis <= 250);
  }

  @Test
  void pendingEndsWithTheTimeoutAndSaysSo() {
    library.timeoutMillis = 5_000;
    library.then(
        question -> {
          clock.pass(question.waitMillis, MILLISECONDS);
          return Answers.pending();
        });
    assertThatThrownBy(() -> underS3a().credentials())
        .isInstanceOf(RolecallException.class)
        .hasMessageStartingWith("RC605: no answer for carol at s3a://lake within 5 s");
    assertThat(library.questions).hasSize(24); // (5 s + 1 s of grace) / 250 ms
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() {
    library.then(
        question -> {
          Thread.currentThread().interrupt();
          return Answers.pending();
        });
    CredentialsSource<Keys> source = underS3a();
    assertThatThrownBy(source::credentials).hasMessageStartingWith("RC607: ");
    assertThat(Thread.interrupted()).isTrue();

    library.then(Answers.keys(1, 30_000, 60_000, "A"));
    assertThat(source.credentials().id).as("another's interrupt is not kept").isEqualTo("ASIAA");
  }

  @Test
  void anInterruptUnderEmrfsIsUnusableOnceAndNotKept() {
    library.then(
        question -> {
          Thread.currentThread().interrupt();
          return Answers.pending();
        });
    CredentialsSource<Keys> source = underEmrfs();
    assertThat(source.credentials().areUnusable()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    library.then(Answers.keys(1, 30_000, 60_000, "A"));
    assertThat(source.credentials().id).isEqualTo("ASIAA");
  }

  @Test
  void aRefusalUnderS3aIsAnExceptionWithCodeAndFlags() {
    library.then(Answers.refused(201, "carol may not"));
    CredentialsSource<Keys> source = underS3a();
    assertThatThrownBy(source::credentials)
        .isInstanceOfSatisfying(
            RolecallException.class,
            e -> {
              assertThat(e.code()).isEqualTo(201);
              assertThat(e.isRefusal()).isTrue();
              assertThat(e.isRetryable()).isFalse();
              assertThat(e).hasMessage("RC201: carol may not");
            });
    library.then(Answers.failed(302, "slower"));
    assertThatThrownBy(source::credentials)
        .isInstanceOfSatisfying(
            RolecallException.class,
            e -> {
              assertThat(e.isRefusal()).isFalse();
              assertThat(e.isRetryable()).isTrue();
            });
    library.then(Answers.keys(1, 30_000, 60_000, "A"));
    assertThat(source.credentials().id).isEqualTo("ASIAA");
  }

  @Test
  void aRefusalUnderEmrfsIsTheSameUnusableCredentialsForTenSecondsWithOneLogLine() {
    library.then(Answers.refused(201, "carol may not"));
    CredentialsSource<Keys> source = underEmrfs();
    Keys unusable = source.credentials();
    assertThat(unusable.areUnusable()).isTrue();
    assertThat(unusable.token).isNull();
    clock.pass(9_999, MILLISECONDS);
    assertThat(source.credentials()).isSameAs(unusable);
    assertThat(library.questions).hasSize(1);
    clock.pass(1, MILLISECONDS);
    assertThat(source.credentials()).isSameAs(unusable);
    assertThat(library.questions).hasSize(2);
    assertThat(log.lines())
        .containsExactly(
            "WARNING Unusable credentials for carol at s3a://lake: RC201: carol may not");

    clock.pass(10, SECONDS);
    library.then(Answers.keys(1, 30_000, 60_000, "A"));
    assertThat(source.credentials().id).isEqualTo("ASIAA");
  }

  @Test
  void aDecisionAgainstTheCallerEndsCredentialsThatAreStillValid() {
    library.then(Answers.keys(1, 30_000, 3_600_000, "A")).then(Answers.refused(201, "no more"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    clock.pass(30, SECONDS);
    assertThatThrownBy(source::credentials).hasMessage("RC201: no more");

    library.then(Answers.keys(1, 30_000, 3_600_000, "A"));
    CredentialsSource<Keys> emrfs = underEmrfs();
    emrfs.credentials();
    clock.pass(30, SECONDS);
    library.then(Answers.refused(201, "no more"));
    assertThat(emrfs.credentials().areUnusable()).isTrue();
  }

  @Test
  void aFaultInsideTheLibraryLeavesWhatIsValid() {
    library
        .then(Answers.keys(1, 30_000, 60_000, "A"))
        .then(Answers.failed(601, "a fault inside Rolecall"));
    CredentialsSource<Keys> source = underS3a();
    Keys first = source.credentials();
    clock.pass(30, SECONDS);
    assertThat(source.credentials()).isSameAs(first);
    assertThat(source.credentials()).isSameAs(first);
    assertThat(library.questions).hasSize(2);
    assertThat(log.lines()).singleElement().asString().contains("RC601: a fault");
    clock.pass(10, SECONDS);
    source.credentials();
    assertThat(library.questions).hasSize(3);
    clock.pass(20, SECONDS);
    assertThatThrownBy(source::credentials)
        .as("not behind their end")
        .hasMessageContaining("RC601");
  }

  @Test
  void whileItIsOpenWhetherTheRuleStandsNobodyIsShownTheOldKeys() throws Exception {
    CountDownLatch pending = new CountDownLatch(1);
    CountDownLatch decided = new CountDownLatch(1);
    library
        .then(Answers.keys(1, 30_000, 3_600_000, "A"))
        .then(Answers.pending())
        .then(
            question -> {
              pending.countDown();
              decided.await();
              return Answers.keys(2, 30_000, 3_600_000, "B");
            });
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    clock.pass(30, SECONDS);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Keys> first = threads.submit(source::credentials);
      pending.await();
      Future<Keys> second = threads.submit(source::credentials);
      assertThat(second.isDone()).isFalse();
      decided.countDown();
      assertThat(first.get().id).isEqualTo("ASIAB");
      assertThat(second.get().id).isEqualTo("ASIAB");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void oneThreadCrossesAndTheOthersGoOnWithWhatIsValid() throws Exception {
    CountDownLatch crossing = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    library
        .then(Answers.keys(1, 30_000, 3_600_000, "A"))
        .then(
            question -> {
              crossing.countDown();
              answered.await();
              return Answers.keys(2, 30_000, 3_600_000, "B");
            });
    CredentialsSource<Keys> source = underS3a();
    Keys first = source.credentials();
    clock.pass(30, SECONDS);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try {
      Future<Keys> crosses = threads.submit(source::credentials);
      crossing.await();
      assertThat(source.credentials()).isSameAs(first);
      answered.countDown();
      assertThat(crosses.get().id).isEqualTo("ASIAB");
      assertThat(source.credentials().id).isEqualTo("ASIAB");
      assertThat(library.questions).hasSize(2);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFailureCountsForAllWhoWaitedForIt() throws Exception {
    int waiters = 20;
    CountDownLatch crossing = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    library
        .then(
            question -> {
              crossing.countDown();
              answered.await();
              return Answers.failed(303, "STS can't be reached");
            })
        .then(Answers.keys(1, 30_000, 60_000, "A"));
    CredentialsSource<Keys> source = underS3a();
    ExecutorService threads = Executors.newFixedThreadPool(waiters + 1);
    try {
      List<Future<Keys>> asked = new ArrayList<>();
      asked.add(threads.submit(source::credentials));
      crossing.await();
      List<Thread> waiting = new ArrayList<>();
      for (int i = 0; i < waiters; i++) {
        CountDownLatch started = new CountDownLatch(1);
        Callable<Keys> asks =
            () -> {
              synchronized (waiting) {
                waiting.add(Thread.currentThread());
              }
              started.countDown();
              return source.credentials();
            };
        asked.add(threads.submit(asks));
        started.await();
      }
      for (Thread thread : waiting) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }
      answered.countDown();
      for (Future<Keys> each : asked) {
        assertThatThrownBy(each::get).hasMessageContaining("RC303: STS can't be reached");
      }
      assertThat(library.questions).hasSize(1);
      assertThat(source.credentials().id).isEqualTo("ASIAA");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refreshAsksForARenewalAndKeepsWhatIsValidMeanwhile() {
    library
        .then(Answers.keys(1, 30_000, 60_000, "A"))
        .then(Answers.pending())
        .then(Answers.keys(2, 30_000, 60_000, "B"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    source.refresh();
    assertThat(library.questions)
        .extracting(question -> question.renew)
        .containsExactly(false, true, true);
    assertThat(source.credentials().id).isEqualTo("ASIAB");
    assertThat(library.questions).hasSize(3);
  }

  @Test
  void aRefreshDoesNotKeepKeysOnShowWhoseRuleMayStandNoLonger() {
    library
        .then(Answers.keys(1, 30_000, 3_600_000, "A"))
        .then(Answers.needGroups())
        .then(Answers.failed(302, "slower"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    source.refresh();
    assertThatThrownBy(source::credentials).hasMessage("RC302: slower");

    library
        .then(Answers.keys(2, 30_000, 3_600_000, "B"))
        .then(
            question -> {
              clock.pass(31, SECONDS);
              return Answers.pending();
            })
        .then(Answers.pending())
        .then(Answers.failed(302, "slower"));
    source.credentials();
    int asked = library.questions.size();
    source.refresh();
    assertThat(library.questions.subList(asked, library.questions.size()))
        .extracting(question -> question.renew)
        .as("once they are due it counts whether the rule stands")
        .containsExactly(true, false, false);
    assertThatThrownBy(source::credentials).hasMessage("RC302: slower");
  }

  @Test
  void aStallWhileTheAnswerCrossesMakesKeysEndNoLater() {
    library
        .then(
            question -> {
              byte[] answer = Answers.keys(1, 5_000, 5_000, "A");
              clock.pass(40, SECONDS);
              return answer;
            })
        .then(Answers.failed(501, "ended"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    assertThatThrownBy(source::credentials).hasMessage("RC501: ended");
  }

  @Test
  void settingsThatWereMendedCountForAProviderThatWasRefused() {
    library.then(Answers.failed(123, "the site file is not valid"));
    CredentialsSource<Keys> source = underEmrfs();
    assertThat(source.credentials().areUnusable()).isTrue();
    library.then(Answers.keys(1, 30_000, 60_000, "A"));
    clock.pass(10, SECONDS);
    assertThat(source.credentials().id).isEqualTo("ASIAA");
    assertThat(library.ids).hasSize(2);
    assertThat(library.released).contains(library.ids.get(0)).doesNotContain(library.ids.get(1));
  }

  @Test
  void aRefreshThatFailsIsToldByTheNextCall() {
    library.then(Answers.keys(1, 30_000, 60_000, "A")).then(Answers.refused(301, "STS says no"));
    CredentialsSource<Keys> source = underS3a();
    source.credentials();
    source.refresh();
    assertThatThrownBy(source::credentials).hasMessage("RC301: STS says no");
  }

  @Test
  void closingTwiceClosesTheHolderAndWhatIsValidIsStillShown() {
    library.then(Answers.keys(1, 30_000, 60_000, "A")).then(Answers.unchanged(10_000, 30_000));
    CredentialsSource<Keys> source = underS3a();
    Keys first = source.credentials();
    source.close();
    source.close();
    assertThat(library.closed).isNotEmpty().containsOnly(library.ids.get(0));
    assertThat(source.credentials()).isSameAs(first);
    clock.pass(30, SECONDS);
    assertThat(source.credentials()).isSameAs(first);
  }

  @Test
  void aHolderThatIsOpenedAfterClosingIsClosed() {
    library.then(Answers.keys(1, 30_000, 60_000, "A"));
    CredentialsSource<Keys> source = underS3a();
    source.close();
    assertThat(library.closed).isEmpty();
    assertThat(source.credentials().id).isEqualTo("ASIAA");
    assertThat(library.closed).containsExactlyElementsOf(library.ids);
  }

  @Test
  void aDroppedProviderIsReleasedOnALaterCall() throws Exception {
    library.then(Answers.keys(1, 0, 60_000, "A"));
    CredentialsSource<Keys> kept = underS3a();
    kept.credentials();
    underS3a().credentials();
    long dropped = library.ids.get(1);
    for (int attempt = 0; !library.released.contains(dropped) && attempt < 1000; attempt++) {
      System.gc();
      kept.credentials();
    }
    assertThat(library.released).contains(dropped).doesNotContain(library.ids.get(0));
  }

  @Test
  void whatIsWrongAtOpeningIsToldByTheCall() {
    library.opening = Answers.failed(606, "no thread");
    assertThatThrownBy(() -> underS3a().credentials()).hasMessage("RC606: no thread");
    assertThat(underEmrfs().credentials().areUnusable()).isTrue();
  }

  @Test
  void theLibraryMayMakeItUnusableOrAnException() {
    library.then(Answers.refused(201, "no"));
    library.refusalMode = 1;
    assertThat(underS3a().credentials().areUnusable()).isTrue();
    library.refusalMode = 2;
    assertThatThrownBy(() -> underEmrfs().credentials()).hasMessage("RC201: no");
    library.refusalMode = 9;
    assertThat(underS3a().credentials().areUnusable()).as("when in doubt").isTrue();
  }

  @Test
  void whateverIsThrownIsAFailureAndNothingElse() {
    for (Throwable thrown :
        new Throwable[] {
          new NoClassDefFoundError("x/Y"), new IllegalStateException("odd"), new OutOfMemoryError()
        }) {
      library.then(
          question -> {
            if (thrown instanceof Error) {
              throw (Error) thrown;
            }
            throw (RuntimeException) thrown;
          });
      assertThat(underEmrfs().credentials().areUnusable()).as("%s", thrown).isTrue();
    }
    assertThat(log.lines().get(0))
        .contains("RC705: asking for carol's credentials at s3a://lake")
        .contains("NoClassDefFoundError: x/Y");
    library.then(
        question -> {
          throw new IllegalStateException("odd");
        });
    assertThatThrownBy(() -> underS3a().credentials())
        .isInstanceOf(RolecallException.class)
        .hasMessageStartingWith("RC705: ");
    library.then(
        question -> {
          throw new OutOfMemoryError("full");
        });
    assertThatThrownBy(() -> underS3a().credentials())
        .as("S3A lets it pass, and the JVM's own handling shall see it")
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void anAnswerThatCannotBeReadIsAFailure() {
    library.then(new byte[] {0, 1, 42, 0});
    assertThatThrownBy(() -> underS3a().credentials()).hasMessageStartingWith("RC602: ");
    library.then(Answers.unchanged(1, 1));
    assertThatThrownBy(() -> underS3a().credentials())
        .as("unchanged, though nothing is held")
        .hasMessageStartingWith("RC602: ");
    library.then(question -> null);
    assertThatThrownBy(() -> underS3a().credentials()).hasMessageStartingWith("RC601: ");
  }

  @Test
  void logRecordsThatWaitAreFetchedBehindTheCall() {
    FakeBoundary talking =
        new FakeBoundary() {
          @Override
          public byte[] drainLogs(int mostVerbose) {
            return Answers.logs(3, "assumed r for carol", "and another");
          }
        };
    NativeLibrary.replace(talking);
    talking.then(Answers.withLogs(Answers.keys(1, 30_000, 60_000, "A")));
    underS3a().credentials();
    assertThat(log.lines())
        .containsExactly(
            "WARNING 3 older log records were dropped",
            "WARNING assumed r for carol",
            "WARNING and another");
  }
}
