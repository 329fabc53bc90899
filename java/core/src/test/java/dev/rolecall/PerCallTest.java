package dev.rolecall;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.PrivilegedAction;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code rolecall.identity=per-call}, which the library tells when it is opened. */
class PerCallTest {
  private final FakeBoundary library = new FakeBoundary();
  private final MovedTicker clock = new MovedTicker();
  private final UserGroupInformation carol = UserGroupInformation.createRemoteUser("carol");
  private final UserGroupInformation dave = UserGroupInformation.createRemoteUser("dave");
  private Boundary before;

  @BeforeEach
  void put() {
    before = NativeLibrary.replace(library);
    library.identity = 1;
    // Each caller's keys are named after the id under which he was opened.
    library.then(question -> Answers.keys(question.held + 1, 30_000, 60_000, "" + question.id));
  }

  @AfterEach
  void takeAway() {
    NativeLibrary.replace(before);
  }

  private static <T> T as(UserGroupInformation caller, PrivilegedAction<T> action) {
    return caller.doAs(action);
  }

  private CredentialsSource<Keys> madeByCarol() {
    return as(
        carol,
        () ->
            CredentialsSource.forHost(
                Keys.class, Hosts.BUCKET, Hosts.s3aAlone(Keys.class), Keys.SHAPE, clock));
  }

  @Test
  void eachCallerHasHisOwnKeysWhoeverAskedFirst() {
    CredentialsSource<Keys> source = madeByCarol();
    Keys daves = as(dave, source::credentials);
    Keys carols = as(carol, source::credentials);
    assertThat(daves.id).isNotEqualTo(carols.id);
    assertThat(as(dave, source::credentials)).isSameAs(daves);
    assertThat(as(carol, source::credentials)).isSameAs(carols);
    // The first only told that the caller is read at each call; nobody asked it for keys.
    assertThat(library.openedFor)
        .containsExactly("carol@s3a://lake/", "dave@s3a://lake/", "carol@s3a://lake/");
    assertThat(library.questions)
        .extracting(question -> question.id)
        .containsExactlyElementsOf(library.ids.subList(1, 3));
  }

  @Test
  void aRefreshIsTheCallersOwn() {
    CredentialsSource<Keys> source = madeByCarol();
    Keys daves = as(dave, source::credentials);
    Keys carols = as(carol, source::credentials);
    as(
        dave,
        () -> {
          source.refresh();
          return null;
        });
    assertThat(as(carol, source::credentials)).isSameAs(carols);
    assertThat(as(dave, source::credentials)).isNotSameAs(daves);
  }

  @Test
  void manyCallersAreForgottenAndComeBack() {
    CredentialsSource<Keys> source = madeByCarol();
    Keys first = as(dave, source::credentials);
    for (int i = 0; i < 1000; i++) {
      UserGroupInformation other = UserGroupInformation.createRemoteUser("user" + i);
      as(other, source::credentials);
    }
    Keys again = as(dave, source::credentials);
    assertThat(again).isNotSameAs(first);
    assertThat(library.openedFor).hasSize(1003);
  }

  @Test
  void closingClosesAllOfThem() {
    CredentialsSource<Keys> source = madeByCarol();
    as(dave, source::credentials);
    as(carol, source::credentials);
    source.close();
    assertThat(library.closed).containsExactlyInAnyOrderElementsOf(library.ids);
    clock.pass(30, SECONDS);
    as(UserGroupInformation.createRemoteUser("erin"), source::credentials);
    assertThat(library.closed).contains(library.ids.get(3));
  }
}
