package dev.rolecall.hosts;

import java.security.PrivilegedExceptionAction;
import org.apache.hadoop.security.UserGroupInformation;

/** Runs something as a Hadoop user, in each of the ways in which hosts do it. */
final class Caller {
  /** What is run. */
  interface Work<T> {
    T run() throws Exception;
  }

  private Caller() {}

  /**
   * Runs {@code work} as the caller that a command names: {@code as} is {@code process} (nobody in
   * particular), {@code remote} (a {@code doAs} of {@code user}), {@code keytab} (the same, logged
   * in from {@code keytab}) or {@code proxy} ({@code user}, in whose name {@code real} asks, who is
   * whoever the process is where nobody is named).
   */
  static <T> T run(Message command, Work<T> work) throws Exception {
    String user = command.get("user", "");
    switch (command.get("as", "process")) {
      case "process":
        return work.run();
      case "remote":
        return as(UserGroupInformation.createRemoteUser(user), work);
      case "keytab":
        return as(
            UserGroupInformation.loginUserFromKeytabAndReturnUGI(user, command.get("keytab")),
            work);
      case "proxy":
        String named = command.get("real", "");
        UserGroupInformation real =
            named.isEmpty()
                ? UserGroupInformation.getLoginUser()
                : UserGroupInformation.createRemoteUser(named);
        return as(UserGroupInformation.createProxyUser(user, real), work);
      default:
        throw new IllegalArgumentException("as=" + command.get("as"));
    }
  }

  static <T> T as(UserGroupInformation caller, Work<T> work) throws Exception {
    return caller.doAs((PrivilegedExceptionAction<T>) work::run);
  }
}
