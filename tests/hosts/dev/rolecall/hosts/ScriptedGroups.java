package dev.rolecall.hosts;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.hadoop.security.GroupMappingServiceProvider;

/**
 * A directory of users that fails for some, and hangs for others: those whose groups no static
 * mapping names are asked for here.
 */
public final class ScriptedGroups implements GroupMappingServiceProvider {
  @Override
  public List<String> getGroups(String user) throws IOException {
    if (user.startsWith("unresolvable")) {
      throw new IOException("the directory does not answer");
    }
    if (user.startsWith("hanging")) {
      new Semaphore(0).acquireUninterruptibly();
    }
    return Collections.emptyList();
  }

  @Override
  public void cacheGroupsRefresh() {}

  @Override
  public void cacheGroupsAdd(List<String> groups) {}
}
