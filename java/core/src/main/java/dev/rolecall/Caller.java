package dev.rolecall;

import org.apache.hadoop.security.UserGroupInformation;

/** Who asks. */
final class Caller {
  private static final String USER_GROUP_INFORMATION =
      "org.apache.hadoop.security.UserGroupInformation";

  private final Object key;
  private final String user;
  private final Failure failure;

  private Caller(Object key, String user, Failure failure) {
    this.key = key;
    this.user = user;
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
        return named(user, user);
      }
      return OfHadoop.current();
    } catch (Throwable e) {
      Throwable told =
          e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
      return new Caller(
          null,
          null,
          Failure.refusal(
              Failure.CALLER_UNKNOWN,
              "the caller has no name: UserGroupInformation.getCurrentUser() gave "
                  + told
                  + ". Check how the process logs in to Hadoop, and"
                  + " hadoop.security.auth_to_local."));
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

  private static Caller named(Object key, String user) {
    if (user == null || user.isEmpty()) {
      return new Caller(
          null,
          null,
          Failure.refusal(Failure.CALLER_UNKNOWN, "the caller's name is empty. Check the login."));
    }
    return new Caller(key, user, null);
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

  /** Two callers are the same if these are. */
  Object key() {
    return key;
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
      return named(current, current.getShortUserName());
    }
  }
}
