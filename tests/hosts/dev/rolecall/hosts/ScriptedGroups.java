package dev.rolecall.hosts;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.security.GroupMappingServiceProvider;

/**
 * A directory of users that fails for some: those whose groups no static mapping names are asked
 * for here.
 */
public final class ScriptedGroups implements GroupMappingServiceProvider {
  @Override
  public List<String> getGroups(String user) throws IOException {
    if (user.startsWith("unresolvable")) {
      throw new IOException("the directory does not answer");
    }
    return Collections.emptyList();
  }

  @Override
  public void cacheGroupsRefresh() {}

  @Override
  public void cacheGroupsAdd(List<String> groups) {}
}
