package dev.rolecall;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/**
 * What is known of a caller's groups, for the native library; asked for only when a rule needs
 * them. An empty answer is passed on as such: the rules' side decides what it means.
 */
final class CallerGroups {
  private static final int NOT_ASKED = 0;
  private static final int KNOWN = 1;
  private static final int UNKNOWN = 2;

  /** Nobody asked. */
  static final CallerGroups NONE = new CallerGroups(NOT_ASKED, null, null, null);

  private final int kind;
  private final String user;
  private final List<String> groups;
  private final String why;

  private CallerGroups(int kind, String user, List<String> groups, String why) {
    this.kind = kind;
    this.user = user;
    this.groups = groups;
    this.why = why;
  }

  /** In the mapping's order. */
  static CallerGroups known(String user, List<String> groups) {
    if (groups == null || hasNull(groups)) {
      return unknown("the group mapping answered null");
    }
    return new CallerGroups(KNOWN, user, groups, null);
  }

  /** The mapping threw. */
  static CallerGroups failed(String user, Throwable thrown) {
    return isEmptyAnswer(thrown, user)
        ? new CallerGroups(KNOWN, user, Collections.<String>emptyList(), null)
        : unknown(thrown.toString());
  }

  /** They were asked for in vain: never the same as "in no group". */
  static CallerGroups unknown(String why) {
    return new CallerGroups(UNKNOWN, null, null, whole(why));
  }

  /**
   * Writes them as a question has them.
   *
   * @throws RolecallException RC604 when a group's name is not Unicode text
   */
  void write(PackedWriter question) {
    question.u8(kind);
    if (kind == UNKNOWN) {
      question.text("the reason why groups are unknown", why);
    } else if (kind == KNOWN) {
      question.u32(groups.size());
      for (int i = 0; i < groups.size(); i++) {
        int block = question.startBlock();
        question.text("a group of " + user, groups.get(i));
        question.endBlock(block);
      }
    }
  }

  /** Some lists throw where they are asked whether they contain null. */
  private static boolean hasNull(List<String> groups) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i) == null) {
        return true;
      }
    }
    return false;
  }

  /** {@code org.apache.hadoop.security.Groups} tells an empty answer by this exception alone. */
  private static boolean isEmptyAnswer(Throwable thrown, String user) {
    return thrown instanceof IOException
        && ("No groups found for user " + user).equals(thrown.getMessage());
  }

  /** A reason is for reading: what is not Unicode in it may be replaced. */
  private static String whole(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
