package dev.rolecall;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Groups;

/**
 * One look-up of a user's groups in Hadoop's group mapping.
 *
 * <p>The directory behind it may hang, and no caller may hang with it. So it has a thread of its
 * own, which is left behind where it does: a daemon, so that the JVM ends nonetheless, and at most
 * one for each user, as the next one would hang in the same place. Nobody interrupts it: some
 * mappings answer an interrupt with "no groups", which is not true and which Hadoop remembers.
 */
final class GroupLookup implements Runnable {
  /** As many users' look-ups may be under way, or hang: it is a thread each. */
  static final int MOST = 100;

  /** How often a waiting thread looks at the clock. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final Map<String, GroupLookup> UNDER_WAY = new HashMap<String, GroupLookup>();

  private final String user;
  private final Configuration conf;
  private final Ticker ticker;
  private final long startedAt;
  private final Thread thread;
  private final CountDownLatch done = new CountDownLatch(1);

  // Written before the latch opens, read behind it.
  private List<String> groups;
  private Throwable failure;

  private GroupLookup(String user, Configuration conf, Ticker ticker) {
    this.user = user;
    this.conf = conf;
    this.ticker = ticker;
    this.startedAt = ticker.nanos();
    this.thread = new Thread(this, "rolecall-groups-of-" + user);
    this.thread.setDaemon(true);
  }

  /**
   * The look-up of {@code user} that is under way, or a new one.
   *
   * @param conf names the group mapping where none was asked in this JVM before; may be null
   * @throws IllegalStateException where too many hang
   */
  static GroupLookup of(String user, Configuration conf, Ticker ticker) {
    synchronized (UNDER_WAY) {
      GroupLookup lookup = UNDER_WAY.get(user);
      if (lookup == null) {
        if (UNDER_WAY.size() >= MOST) {
          throw new IllegalStateException(
              "the group mapping answers none of " + MOST + " other look-ups");
        }
        lookup = new GroupLookup(user, conf, ticker);
        lookup.thread.start();
        UNDER_WAY.put(user, lookup);
      }
      return lookup;
    }
  }

  @Override
  public void run() {
    try {
      groups = OfHadoop.lookUp(user, conf);
    } catch (Throwable e) {
      failure = e;
    } finally {
      synchronized (UNDER_WAY) {
        UNDER_WAY.remove(user);
      }
      done.countDown();
    }
  }

  /** Whether this thread does the look-up: it would wait for itself. */
  boolean isOnThisThread() {
    return Thread.currentThread() == thread;
  }

  /**
   * What the look-up says, or that it has said nothing within {@code timeoutNanos} since {@code
   * start}, or since it began for somebody else: whoever comes to one that hangs does not wait as
   * long again.
   */
  CallerGroups groups(long start, long timeoutNanos) throws InterruptedException {
    if (isOnThisThread()) {
      return CallerGroups.unknown(needsItself(user));
    }
    while (true) {
      long now = ticker.nanos();
      long left = timeoutNanos - Math.max(now - start, now - startedAt);
      if (done.await(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS)) {
        return failure != null
            ? CallerGroups.failed(user, failure)
            : CallerGroups.known(user, groups);
      }
      if (left <= 0) {
        return CallerGroups.unknown(
            "the group mapping has not answered within "
                + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos)
                + " s (rolecall.timeout)");
      }
    }
  }

  /** What is wrong where the look-up comes to wait for itself. */
  static String needsItself(String user) {
    return "what looks up "
        + user
        + "'s groups asks for the credentials that it is needed for."
        + " Give the group mapping a file system of its own.";
  }

  /** Apart, so that {@link GroupLookup} links without Hadoop. */
  private static final class OfHadoop {
    static List<String> lookUp(String user, Configuration conf) throws IOException {
      // The caller's, which a thread inherits, may be a job's: a look-up that hangs would keep all
      // of its classes, and a mapping that outlives it would look for its own among them.
      Thread.currentThread().setContextClassLoader(Configuration.class.getClassLoader());
      Groups mapping =
          conf != null
              ? Groups.getUserToGroupsMappingService(conf)
              : Groups.getUserToGroupsMappingService();
      // UserGroupInformation.getGroupNames() would swallow a failure and answer an empty list.
      return mapping.getGroups(user);
    }
  }
}
