package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each load in a class loader of its own, as each Spark application or web application has one. */
class NativeLibraryTest {
  private static final String IN_JAR =
      "META-INF/rolecall/linux-x86_64/librolecall-" + Version.TEXT + ".so";

  @TempDir Path directory;
  private final Path library = Paths.get(System.getProperty("test.rolecall.library"));
  private String path;

  @BeforeEach
  void forget() {
    path = System.clearProperty(NativeLibrary.PATH);
  }

  @AfterEach
  void remember() {
    System.clearProperty(NativeLibrary.TMPDIR);
    if (path != null) {
      System.setProperty(NativeLibrary.PATH, path);
    }
  }

  private void load() throws Throwable {
    load(FreshLoader.withResources(directory));
  }

  private static void load(FreshLoader loader) throws Throwable {
    Method boundary =
        Class.forName("dev.rolecall.NativeLibrary", true, loader).getDeclaredMethod("boundary");
    boundary.setAccessible(true);
    try {
      assertThat(boundary.invoke(null)).isNotNull();
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Path copied(String name) throws IOException {
    Path copy = directory.resolve(name);
    Files.createDirectories(copy.getParent());
    return Files.copy(library, copy);
  }

  @Test
  void theNamedFileIsLoaded() throws Throwable {
    System.setProperty(NativeLibrary.PATH, copied("here/librolecall.so").toString());
    load();
  }

  @Test
  void theJarsCopyIsExtractedPrivatelyAndDeletedOnceLoaded() throws Throwable {
    copied(IN_JAR);
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    System.setProperty(NativeLibrary.TMPDIR, temporary.toString());
    load();
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
    assertThat(new String(Files.readAllBytes(Paths.get("/proc/self/maps"))))
        .contains(temporary + "/rolecall-");
  }

  @Test
  void twoClassLoadersHaveACopyEach() throws Throwable {
    copied(IN_JAR);
    load();
    load();
  }

  @Test
  void aNamedFileThatIsNotThereIsNotReplacedByAnother() throws IOException {
    copied(IN_JAR);
    System.setProperty(NativeLibrary.PATH, directory + "/nowhere.so");
    assertThatThrownBy(this::load)
        .hasMessageStartingWith("RC701: no native library: -Drolecall.native.path=" + directory)
        .hasMessageContaining("nothing else is tried");
    System.setProperty(NativeLibrary.PATH, "librolecall.so");
    assertThatThrownBy(this::load).hasMessageContaining("is no absolute path");
    System.setProperty(NativeLibrary.PATH, directory.toString());
    assertThatThrownBy(this::load).hasMessageContaining("names no file");
  }

  @Test
  void aJarWithoutALibraryIsNamed() {
    assertThatThrownBy(this::load)
        .hasMessageStartingWith("RC701: no native library: " + IN_JAR + " is not in this jar")
        .hasMessageContaining("-D" + NativeLibrary.PATH);
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    copied(IN_JAR);
    System.setProperty(NativeLibrary.TMPDIR, directory + "/nowhere");
    assertThatThrownBy(this::load)
        .hasMessageStartingWith("RC702: ")
        .hasMessageContaining(directory + "/nowhere")
        .hasMessageContaining("-D" + NativeLibrary.TMPDIR);
  }

  @Test
  void aFileThatIsNoLibraryIsNamed() throws IOException {
    Path file = directory.resolve("text.so");
    Files.write(file, "no library".getBytes(StandardCharsets.UTF_8));
    System.setProperty(NativeLibrary.PATH, file.toString());
    assertThatThrownBy(this::load)
        .hasMessageStartingWith("RC703: the JVM can't load -Drolecall.native.path=" + file);
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    Path file = directory.resolve("librolecall.so");
    Files.write(file, withVersion(Files.readAllBytes(library), "9.9.9"));
    System.setProperty(NativeLibrary.PATH, file.toString());
    assertThatThrownBy(this::load)
        .hasMessageStartingWith("RC704: the jar is of version " + Version.TEXT)
        .hasMessageContaining(file + " is of version 9.9.9")
        .hasMessageContaining("restart the JVM");
  }

  @Test
  void aLibraryOfSomethingElseIsRefused() throws IOException {
    Path file = directory.resolve("libother.so");
    Files.copy(Paths.get(System.getProperty("java.home"), "lib", "libzip.so"), file);
    System.setProperty(NativeLibrary.PATH, file.toString());
    assertThatThrownBy(this::load)
        .hasMessageStartingWith("RC704: ")
        .hasMessageContaining("is no Rolecall library");
  }

  @Test
  void aFailedLoadIsNotTriedAgainAtEachCall() throws Throwable {
    Path file = directory.resolve("later/librolecall.so");
    System.setProperty(NativeLibrary.PATH, file.toString());
    FreshLoader loader = FreshLoader.withResources(directory);
    assertThatThrownBy(() -> load(loader)).hasMessageStartingWith("RC701: ");
    copied("later/librolecall.so");
    assertThatThrownBy(() -> load(loader)).hasMessageStartingWith("RC701: ");
  }

  private static byte[] withVersion(byte[] library, String other) {
    byte[] from = Version.TEXT.getBytes(StandardCharsets.US_ASCII);
    byte[] to = other.getBytes(StandardCharsets.US_ASCII);
    byte[] changed = library.clone();
    for (int at = 0; at + from.length <= changed.length; at++) {
      if (Arrays.equals(changed, at, at + from.length, from, 0, from.length)) {
        System.arraycopy(to, 0, changed, at, to.length);
      }
    }
    return changed;
  }
}
