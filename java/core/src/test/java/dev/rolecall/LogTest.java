package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Which log is taken, in class loaders that see nothing but our classes and what is given. */
class LogTest {
  private static String logWith(Class<?>... libraries) throws Exception {
    List<URL> urls = new ArrayList<>();
    urls.add(Log.class.getProtectionDomain().getCodeSource().getLocation());
    for (Class<?> library : libraries) {
      urls.add(library.getProtectionDomain().getCodeSource().getLocation());
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Class<?> log = Class.forName("dev.rolecall.Log", true, loader);
      Method write = log.getDeclaredMethod("write", int.class, String.class);
      write.setAccessible(true);
      for (int level = Log.ERROR; level <= Log.TRACE; level++) {
        write.invoke(null, level, "a line");
      }
      Method mostVerbose = log.getDeclaredMethod("mostVerbose");
      mostVerbose.setAccessible(true);
      assertThat((int) mostVerbose.invoke(null)).isBetween(Log.INFO, Log.TRACE);
      Field hosts = log.getDeclaredField("HOSTS");
      hosts.setAccessible(true);
      return hosts.get(null).getClass().getSimpleName();
    }
  }

  @Test
  void withoutAnyTheJdksIsTaken() throws Exception {
    assertThat(logWith()).isEqualTo("JdkLog");
  }

  @Test
  void commonsLoggingIsTakenWhereItIsTheOnlyOne() throws Exception {
    assertThat(logWith(LogFactory.class)).isEqualTo("CommonsLog");
  }

  @Test
  void slf4jIsTakenWhereSomethingIsBehindIt() throws Exception {
    Class<?> behind = LoggerFactory.getILoggerFactory().getClass();
    assertThat(logWith(LoggerFactory.class, behind, LogFactory.class)).isEqualTo("Slf4jLog");
    assertThat(logWith(LoggerFactory.class, LogFactory.class)).isEqualTo("CommonsLog");
  }
}
