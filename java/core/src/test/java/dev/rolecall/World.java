package dev.rolecall;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;

/** A stub STS, and a directory with a rules file and the base's keys. */
public final class World implements AutoCloseable {
  public static final String BASE_KEY = "AKIATESTBASE00000000";
  public static final String BASE_SECRET = "the+secret+of+the+base";

  public final StubSts sts = new StubSts();
  public final Path rulesFile;
  public final Path keysFile;

  public World(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    rulesFile = directory.resolve("rules.json");
    keysFile = directory.resolve("base.properties");
    write(keysFile, "accessKey=" + BASE_KEY + "\nsecretKey=" + BASE_SECRET + "\n");
  }

  /** Puts the rules in place; {@code rules} are the items of the list. */
  public World rules(String otherwise, String... rules) throws IOException {
    return rulesText(
        "{\"version\": 1, \"base\": "
            + base()
            + ", \"rules\": [\n"
            + String.join(",\n", rules)
            + "\n], \"otherwise\": \""
            + otherwise
            + "\"}");
  }

  /** Puts any text in the place of the rules. */
  public World rulesText(String text) throws IOException {
    // Never half a file: the native library may be reading.
    Path aside = rulesFile.resolveSibling("rules.json.aside");
    write(aside, text);
    Files.move(
        aside, rulesFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return this;
  }

  /** The base as the rules name it. */
  public String base() {
    return "{\"source\": \"properties\", \"file\": \"" + keysFile + "\"}";
  }

  public static void write(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** {@code conf} with what a job here sets. */
  public Configuration configured(Configuration conf) {
    conf.set("rolecall.rules", rulesFile.toString());
    conf.set("rolecall.rules.refresh", "100ms");
    conf.set("rolecall.sts.endpoint", sts.endpoint());
    conf.set("rolecall.sts.region", "us-east-1");
    return conf;
  }

  public static String role(String name) {
    return "arn:aws:iam::111122223333:role/" + name;
  }

  @Override
  public void close() {
    sts.close();
  }
}
