package dev.rolecall;

import org.apache.hadoop.security.UserGroupInformation;

/**
 * Who asks: Hadoop's current user, with the names that rules speak of. Two are equal only where
 * nothing that a rule may look at tells them apart.
 */
final class Caller {
  private static final String USER_GROUP_INFORMATION =
      "org.apache.hadoop.security.UserGroupInformation";

  private final Object login;
  private final String user;
  private final String principal;
  private final String realUser;
  private final Failure failure;

  private Caller(Object login, String user, String principal, String realUser, Failure failure) {
    this.login = login;
    this.user = user;
    this.principal = principal;
    this.realUser = realUser;
    this.failure = failure;
  }

  /**
   * The caller of this thread: Hadoop's current user.
   *
   * @param inHadoop whether a host gave us a Hadoop configuration. Only without one, and where
   *     Hadoop is not on the class path at all, is the caller the user of the operating system: a
   *     Hadoop that fails to say who asks must not turn everybody into that user.
   */
  static Caller current(boolean inHadoop) {
    try {
      if (!inHadoop && !hadoopIsThere()) {
        String user = System.getProperty("user.name");
        return isName(user) ? new Caller(null, user, null, null, null) : nameless("the caller's");
      }
      return OfHadoop.current();
    } catch (Throwable e) {
      Throwable told =
          e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
      return refused(
          "the caller has no name: UserGroupInformation.getCurrentUser() gave "
              + told
              + ". Check how the process logs in to Hadoop, and hadoop.security.auth_to_local.");
    }
  }

  private static boolean hadoopIsThere() {
    try {
      Class.forName(USER_GROUP_INFORMATION, false, Caller.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean isName(String name) {
    return name != null && !name.isEmpty();
  }

  private static Caller nameless(String whose) {
    return refused(whose + " name is empty. Check the login.");
  }

  private static Caller refused(String why) {
    return new Caller(null, null, null, null, Failure.refusal(Failure.CALLER_UNKNOWN, why));
  }

  /**
   * The short user name.
   *
   * @throws RolecallException RC208 when nobody could say it
   */
  String user() {
    if (failure != null) {
      throw failure.exception();
    }
    return user;
  }

  /**
   * Writes the names as an opening has them: short name, full name (absent outside Hadoop), and the
   * short name of the user who asks in the caller's name (absent where nobody does).
   *
   * @throws RolecallException RC208 when nobody could say them, RC604 when one is not Unicode text
   */
  void write(PackedWriter opening) {
    opening
        .text("the caller's name", user())
        .text("the caller's principal", principal)
        .text("the real user's name", realUser);
  }

  /** Users of one name may differ in what else a rule looks at. Unknown ones are all alike. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Caller)) {
      return false;
    }
    Caller that = (Caller) other;
    return same(login, that.login)
        && same(user, that.user)
        && same(principal, that.principal)
        && same(realUser, that.realUser);
  }

  @Override
  public int hashCode() {
    return (login != null ? login.hashCode() : 0) * 31 + (user != null ? user.hashCode() : 0);
  }

  private static boolean same(Object one, Object other) {
    return one == null ? other == null : one.equals(other);
  }

  /** For messages. */
  @Override
  public String toString() {
    return failure != null ? "an unknown caller" : user;
  }

  /** Apart, so that {@link Caller} links without Hadoop. */
  private static final class OfHadoop {
    static Caller current() throws java.io.IOException {
      UserGroupInformation current = UserGroupInformation.getCurrentUser();
      String user = current.getShortUserName();
      String principal = current.getUserName();
      if (!isName(user) || !isName(principal)) {
        return nameless("the caller's");
      }
      UserGroupInformation real = current.getRealUser();
      String realUser = real != null ? real.getShortUserName() : null;
      if (real != null && !isName(realUser)) {
        // Without it a rule for proxied users, or one against them, would not see that he is one.
        return nameless("the real user's");
      }
      return new Caller(current, user, principal, realUser, null);
    }
  }
}
