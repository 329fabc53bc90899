package dev.rolecall;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Groups;

/**
 * The caller's groups, as Hadoop's group mapping knows them; asked for only when a rule needs them.
 */
final class CallerGroups {
  private static final int NOT_ASKED = 0;
  private static final int KNOWN = 1;
  private static final int UNKNOWN = 2;

  private CallerGroups() {}

  /** Writes that nobody asked. */
  static void writeNone(PackedWriter question) {
    question.u8(NOT_ASKED);
  }

  /**
   * Looks the groups up and writes them, or why they are unknown. An empty answer is passed on as
   * such: the rules' side decides what it means.
   *
   * @param conf names the group mapping where none was asked in this JVM before; may be null
   */
  static void write(PackedWriter question, String user, Configuration conf) {
    List<String> groups;
    try {
      groups = OfHadoop.lookUp(user, conf);
    } catch (Throwable e) {
      // UserGroupInformation.getGroupNames() would swallow this and answer an empty list.
      if (isEmptyAnswer(e, user)) {
        question.u8(KNOWN).u32(0);
      } else {
        question.u8(UNKNOWN).text("the reason why groups are unknown", whole(e.toString()));
      }
      return;
    }
    question.u8(KNOWN).u32(groups.size());
    for (int i = 0; i < groups.size(); i++) {
      int block = question.startBlock();
      question.text("a group of " + user, groups.get(i));
      question.endBlock(block);
    }
  }

  /** {@code org.apache.hadoop.security.Groups} tells an empty answer by this exception alone. */
  private static boolean isEmptyAnswer(Throwable thrown, String user) {
    return thrown instanceof IOException
        && ("No groups found for user " + user).equals(thrown.getMessage());
  }

  /** A reason is for reading: what is not Unicode in it may be replaced. */
  private static String whole(String text) {
    return new String(
        text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Apart, so that {@link CallerGroups} links without Hadoop. */
  private static final class OfHadoop {
    static List<String> lookUp(String user, Configuration conf) throws IOException {
      Groups mapping =
          conf != null
              ? Groups.getUserToGroupsMappingService(conf)
              : Groups.getUserToGroupsMappingService();
      return mapping.getGroups(user);
    }
  }
}
