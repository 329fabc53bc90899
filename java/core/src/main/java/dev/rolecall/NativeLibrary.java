package dev.rolecall;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds and loads the native library: the file that {@code -Drolecall.native.path} names and no
 * other, or else the copy in this jar.
 */
final class NativeLibrary {
  /** Names the file to load; nothing else is tried then. */
  static final String PATH = "rolecall.native.path";

  /** Where the jar's copy is extracted to, in place of {@code java.io.tmpdir}. */
  static final String TMPDIR = "rolecall.native.tmpdir";

  /** A failed load is tried again after this time at the earliest. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static volatile Boundary loaded;

  // Guarded by the class.
  private static Failure failure;
  private static long failedAt;
  private static boolean lasting;

  private NativeLibrary() {}

  /**
   * The library, loaded at the first call.
   *
   * @throws RolecallException 7xx when it can't be loaded; a later call may find it
   */
  static Boundary boundary() {
    Boundary boundary = loaded;
    return boundary != null ? boundary : loadOnce();
  }

  /** Puts another library in the loaded one's place and gives that one back; for tests. */
  static synchronized Boundary replace(Boundary boundary) {
    Boundary before = loaded;
    loaded = boundary;
    return before;
  }

  private static synchronized Boundary loadOnce() {
    if (loaded != null) {
      return loaded;
    }
    long now = System.nanoTime();
    if (failure != null && (lasting || now - failedAt < LOOK_AGAIN_NANOS)) {
      throw failure.exception();
    }
    try {
      load();
      compareVersions();
      loaded = new NativeBoundary();
      failure = null;
      // So that it knows from its first record on how verbose the host is.
      NativeLogs.drain(loaded);
      return loaded;
    } catch (RolecallException e) {
      failure = e.failure();
      failedAt = now;
      throw e;
    }
  }

  private static void load() {
    String path = System.getProperty(PATH);
    if (path != null && !path.isEmpty()) {
      loadNamed(path);
    } else {
      loadFromJar();
    }
  }

  private static void loadNamed(String path) {
    File file = new File(path);
    String asSet = "-D" + PATH + "=" + path;
    if (!file.isAbsolute()) {
      throw missing(asSet + " is no absolute path. Name the file by its full path.");
    }
    if (!file.isFile()) {
      throw missing(asSet + " names no file; nothing else is tried. Correct it or leave it out.");
    }
    link(file, asSet);
  }

  private static void loadFromJar() {
    String name = "librolecall-" + Version.TEXT + ".so";
    String resource = "META-INF/rolecall/" + platform() + "/" + name;
    Path directory = null;
    try (InputStream library = resource(resource)) {
      if (library == null) {
        throw missing(
            resource
                + " is not in this jar. Use a jar built for this platform, or name a library by -D"
                + PATH
                + ".");
      }
      directory = privateDirectory();
      Path file = directory.resolve(name);
      Files.copy(library, file);
      link(file.toFile(), file + " (extracted from " + resource + ")");
    } catch (IOException e) {
      throw Failure.passing(
              Failure.LIBRARY_NOT_EXTRACTED,
              "the native library can't be written to "
                  + (directory != null ? directory.toString() : temporaryDirectory())
                  + ": "
                  + e
                  + ". Make room there, or name another directory by -D"
                  + TMPDIR
                  + ".")
          .exception(e);
    } finally {
      // The mapping outlives the file, and nobody else shall load or change it.
      delete(directory != null ? directory.resolve(name) : null);
      delete(directory);
    }
  }

  private static InputStream resource(String name) {
    ClassLoader loader = NativeLibrary.class.getClassLoader();
    return loader != null
        ? loader.getResourceAsStream(name)
        : ClassLoader.getSystemResourceAsStream(name);
  }

  private static String temporaryDirectory() {
    String set = System.getProperty(TMPDIR);
    return set != null && !set.isEmpty() ? set : System.getProperty("java.io.tmpdir");
  }

  private static Path privateDirectory() throws IOException {
    Set<PosixFilePermission> ownersOnly =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    FileAttribute<Set<PosixFilePermission>> mode = PosixFilePermissions.asFileAttribute(ownersOnly);
    return Files.createTempDirectory(Paths.get(temporaryDirectory()), "rolecall-", mode);
  }

  private static void delete(Path path) {
    if (path == null) {
      return;
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      Log.write(Log.WARN, "can't delete " + path + ", which may be deleted by hand: " + e);
    }
  }

  private static void link(File file, String tried) {
    try {
      System.load(file.getPath());
    } catch (UnsatisfiedLinkError | SecurityException e) {
      throw Failure.passing(
              Failure.LIBRARY_NOT_LOADED,
              "the JVM can't load "
                  + tried
                  + ": "
                  + e.getMessage()
                  + ". A directory mounted noexec, another platform or an older glibc are the usual"
                  + " causes: name a directory by -D"
                  + TMPDIR
                  + " or a library by -D"
                  + PATH
                  + ".")
          .exception(e);
    }
  }

  /** Before any other call: one that means something else may do anything. */
  private static void compareVersions() {
    // What is linked stays linked: another file would not come to answer in this JVM.
    lasting = true;
    int abi;
    String version;
    try {
      abi = Native.abi();
      version = abi == Native.ABI ? version() : null;
    } catch (UnsatisfiedLinkError e) {
      throw otherVersion("no Rolecall library").exception(e);
    }
    if (abi != Native.ABI) {
      throw otherVersion("one with boundary " + abi + " in place of " + Native.ABI).exception();
    }
    if (!Version.TEXT.equals(version)) {
      throw otherVersion("of version " + version).exception();
    }
  }

  private static String version() {
    Answer answer = Answer.read(Native.version());
    answer.body().u32();
    return answer.body().block().requiredText();
  }

  private static Failure otherVersion(String found) {
    String path = System.getProperty(PATH);
    return Failure.lasting(
        Failure.LIBRARY_OF_ANOTHER_VERSION,
        "the jar is of version "
            + Version.TEXT
            + " and the native library "
            + (path != null && !path.isEmpty() ? "-D" + PATH + "=" + path : "in the jar")
            + " is "
            + found
            + ". Install both of one version and restart the JVM.");
  }

  private static RolecallException missing(String text) {
    return Failure.passing(Failure.LIBRARY_MISSING, "no native library: " + text).exception();
  }

  private static String platform() {
    String system = System.getProperty("os.name", "");
    String machine = System.getProperty("os.arch", "");
    if (system.startsWith("Linux")) {
      if ("amd64".equals(machine) || "x86_64".equals(machine)) {
        return "linux-x86_64";
      }
      if ("aarch64".equals(machine)) {
        return "linux-aarch_64";
      }
    }
    throw missing(
        "there is none for "
            + system
            + " on "
            + machine
            + ", only for Linux on x86_64 or aarch64.");
  }
}
