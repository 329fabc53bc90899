package dev.rolecall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.security.GroupMappingServiceProvider;
import org.apache.hadoop.security.Groups;

/** A group mapping that knows what it is told, fails for users named so, and counts. */
public final class GivenGroups implements GroupMappingServiceProvider {
  private static final Map<String, List<String>> GROUPS = new ConcurrentHashMap<>();
  private static final Map<String, Lookup> LOOKUPS_OF = new ConcurrentHashMap<>();
  private static final AtomicInteger LOOKUPS = new AtomicInteger();

  /** What happens when a user is looked up. */
  public interface Lookup {
    List<String> groups() throws IOException;
  }

  /** Makes this the JVM's group mapping, knowing nobody. */
  public static void install(Configuration conf) {
    GROUPS.clear();
    LOOKUPS_OF.clear();
    LOOKUPS.set(0);
    conf.setClass(
        CommonConfigurationKeysPublic.HADOOP_SECURITY_GROUP_MAPPING,
        GivenGroups.class,
        GroupMappingServiceProvider.class);
    Groups.getUserToGroupsMappingServiceWithLoadedConfiguration(conf);
  }

  public static void put(String user, String... groups) {
    GROUPS.put(user, Arrays.asList(groups));
  }

  /** Has {@code lookup} answer for {@code user}. */
  public static void on(String user, Lookup lookup) {
    LOOKUPS_OF.put(user, lookup);
  }

  public static int lookups() {
    return LOOKUPS.get();
  }

  @Override
  public List<String> getGroups(String user) throws IOException {
    LOOKUPS.incrementAndGet();
    if (user.startsWith("broken")) {
      throw new IOException("the directory does not answer");
    }
    if (LOOKUPS_OF.containsKey(user)) {
      return LOOKUPS_OF.get(user).groups();
    }
    return GROUPS.getOrDefault(user, new ArrayList<>());
  }

  /** Of the interface since Hadoop 3.4. */
  public Set<String> getGroupsSet(String user) throws IOException {
    return new LinkedHashSet<>(getGroups(user));
  }

  @Override
  public void cacheGroupsRefresh() {}

  @Override
  public void cacheGroupsAdd(List<String> groups) {}
}
