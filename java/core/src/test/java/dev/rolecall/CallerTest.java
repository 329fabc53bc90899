package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.PrivilegedAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The names by which a caller crosses, and what makes two callers one. */
class CallerTest {
  private static final String PRINCIPAL = "carol/gateway@EXAMPLE.COM";

  private final FakeBoundary library = new FakeBoundary();
  private final MovedTicker clock = new MovedTicker();
  private Boundary before;

  @BeforeEach
  void put() {
    before = NativeLibrary.replace(library);
    library.then(question -> Answers.keys(question.held + 1, 30_000, 60_000, "" + question.id));
    Configuration conf = new Configuration();
    conf.set("hadoop.security.auth_to_local", "RULE:[2:$1@$0](.*@EXAMPLE.COM)s/@.*//\nDEFAULT");
    UserGroupInformation.setConfiguration(conf);
  }

  @AfterEach
  void takeAway() {
    NativeLibrary.replace(before);
    UserGroupInformation.setConfiguration(new Configuration());
    UserGroupInformation.setLoginUser(null);
  }

  private CredentialsSource<Keys> madeBy(UserGroupInformation caller) {
    return caller.doAs(
        (PrivilegedAction<CredentialsSource<Keys>>)
            () ->
                CredentialsSource.forHost(
                    Keys.class, Hosts.BUCKET, Hosts.s3aAlone(Keys.class), Keys.SHAPE, clock));
  }

  private Keys askedBy(UserGroupInformation caller, CredentialsSource<Keys> source) {
    return caller.doAs((PrivilegedAction<Keys>) source::credentials);
  }

  private static UserGroupInformation proxy(String user, UserGroupInformation real) {
    return UserGroupInformation.createProxyUser(user, real);
  }

  @Test
  void shortNameAndPrincipalAndRealUserCross() {
    UserGroupInformation oozie =
        UserGroupInformation.createRemoteUser("oozie/scheduler@EXAMPLE.COM");
    madeBy(UserGroupInformation.createRemoteUser("carol")).credentials();
    madeBy(UserGroupInformation.createRemoteUser(PRINCIPAL)).credentials();
    madeBy(proxy("carol", oozie)).credentials();
    assertThat(library.names)
        .containsExactly(
            "carol, carol, null", "carol, " + PRINCIPAL + ", null", "carol, carol, oozie");
  }

  @Test
  void perCallUsersOfOneNameAreTwoWhereAnythingElseDiffers() {
    library.identity = 1;
    UserGroupInformation[] carols = {
      UserGroupInformation.createRemoteUser("carol"),
      UserGroupInformation.createRemoteUser(PRINCIPAL),
      proxy("carol", UserGroupInformation.createRemoteUser("oozie")),
      proxy("carol", UserGroupInformation.createRemoteUser("livy")),
    };
    CredentialsSource<Keys> source = madeBy(carols[0]);
    Keys[] keys = new Keys[carols.length];
    for (int i = 0; i < carols.length; i++) {
      keys[i] = askedBy(carols[i], source);
    }
    assertThat(keys).extracting(each -> each.id).doesNotHaveDuplicates();
    assertThat(library.names.subList(1, 5))
        .containsExactly(
            "carol, carol, null",
            "carol, " + PRINCIPAL + ", null",
            "carol, carol, oozie",
            "carol, carol, livy");
    for (int i = 0; i < carols.length; i++) {
      assertThat(askedBy(carols[i], source)).isSameAs(keys[i]);
    }
  }

  @Test
  void aLoginOfAnotherNameInTheSamePlaceIsAnotherCaller() {
    library.identity = 1;
    CredentialsSource<Keys> source =
        CredentialsSource.forHost(
            Keys.class, Hosts.BUCKET, Hosts.s3aAlone(Keys.class), Keys.SHAPE, clock);
    UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser("carol"));
    Keys carols = source.credentials();
    UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(PRINCIPAL));
    assertThat(source.credentials()).isNotSameAs(carols);
    assertThat(library.names).endsWith("carol, carol, null", "carol, " + PRINCIPAL + ", null");
  }

  @Test
  void aCallerWithoutANameIsRefused() {
    System.setProperty("HADOOP_USER_NAME", "no/body@NOWHERE@TWICE");
    UserGroupInformation.setLoginUser(null);
    try {
      CredentialsSource<Keys> source =
          CredentialsSource.forHost(
              Keys.class, Hosts.BUCKET, Hosts.s3aAlone(Keys.class), Keys.SHAPE, clock);
      assertThatThrownBy(source::credentials)
          .hasMessageStartingWith("RC208: the caller has no name");
      assertThat(library.openedFor).isEmpty();
      Caller unknown = Caller.current(true);
      assertThat(Caller.current(true)).isEqualTo(unknown).hasSameHashCodeAs(unknown);
      assertThat(unknown).hasToString("an unknown caller");
    } finally {
      System.clearProperty("HADOOP_USER_NAME");
    }
  }

  @Test
  void aCallerWhoseNameNoRuleMapsIsRefused() {
    // Hadoop itself refuses to make such a user, so none can reach a provider.
    assertThatThrownBy(() -> UserGroupInformation.createRemoteUser("eve/x@ELSEWHERE.COM"))
        .hasMessageContaining("eve/x@ELSEWHERE.COM");
  }
}
