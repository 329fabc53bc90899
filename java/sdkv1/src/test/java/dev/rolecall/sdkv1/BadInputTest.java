package dev.rolecall.sdkv1;

import static dev.rolecall.World.role;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.InstanceProfileCredentialsProvider;
import dev.rolecall.CapturedLog;
import dev.rolecall.GivenGroups;
import dev.rolecall.Hosts;
import dev.rolecall.RolecallException;
import dev.rolecall.World;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever is wrong: an S3A that has ours as its last gets an error that says what to mend, every
 * other host gets credentials that S3 rejects, and nobody gets another identity.
 */
@Timeout(120)
class BadInputTest {
  private static final Class<?> OURS = RolecallCredentialsProvider.class;
  private static final URI S3A = URI.create("s3a://lake/");
  private static final URI S3 = URI.create("s3://lake/");

  @TempDir Path directory;
  private World world;

  @BeforeEach
  void open() throws Exception {
    world = new World(directory);
    GivenGroups.install(new Configuration());
  }

  @AfterEach
  void close() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    world.close();
  }

  /** What is wrong, and what the error has to say. */
  enum Case {
    NO_RULES_SETTING("RC101", "rolecall.rules") {
      @Override
      void spoil(World world, Configuration conf) {
        conf.unset("rolecall.rules");
      }
    },
    RULES_MISSING("RC102", "rules.json") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        Files.delete(world.rulesFile);
      }
    },
    RULES_WRITABLE_BY_OTHERS("RC104", "rules.json", "chmod") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        Files.setPosixFilePermissions(
            world.rulesFile, PosixFilePermissions.fromString("rw-rw-rw-"));
      }
    },
    RULES_DIRECTORY_WRITABLE_BY_OTHERS("RC104", "chmod") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        Files.setPosixFilePermissions(
            world.rulesFile.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
      }
    },
    RULES_EMPTY("RC105", "rules.json") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rulesText("");
      }
    },
    RULES_NOT_JSON("RC105", "rules.json:1:1", "not JSON") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rulesText("rules: [none]");
      }
    },
    UNKNOWN_FIELD("RC106", "rules.json:2:", "`alpha`", "`uesrs`", "write `users`") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("deny", rule("\"uesrs\": [\"carol\"], \"role\": \"" + role("r") + "\""));
      }
    },
    WRONG_VERSION("RC107", "rules.json", "7") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rulesText("{\"version\": 7, \"rules\": [], \"otherwise\": \"deny\"}");
      }
    },
    TWO_OUTCOMES("RC106", "rules.json:2:", "`alpha`", "`role`", "`deny`", "keep one") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("deny", rule("\"role\": \"" + role("r") + "\", \"deny\": \"no\""));
      }
    },
    NO_OUTCOME("RC106", "rules.json:2:", "`alpha`", "write one of") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("deny", rule("\"users\": [\"carol\"]"));
      }
    },
    BAD_ARN("RC106", "rules.json:2:", "`alpha`", "`role`", "not 12 digits") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("deny", rule("\"role\": \"arn:aws:iam::12:role/x\""));
      }
    },
    BAD_SESSION_NAME("RC106", "rules.json:2:", "`alpha`", "`session.name`", "write ${user}") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules(
            "deny",
            rule("\"role\": \"" + role("r") + "\", \"session\": {\"name\": \"${nobody}\"}"));
      }
    },
    NO_OTHERWISE("RC106", "otherwise") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rulesText("{\"version\": 1, \"rules\": []}");
      }
    },
    DENIED("RC201", "carol", "alpha", "ask the owner") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("deny", rule("\"deny\": \"ask the owner\""));
      }
    },
    NO_RULE_MATCHES("RC202", "carol") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("deny", rule("\"users\": [\"dave\"], \"role\": \"" + role("r") + "\""));
      }
    },
    AMBIGUOUS("RC203", "alpha") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules(
            "deny", rule("\"prefixes\": [\"s3://lake/a\"], \"role\": \"" + role("r") + "\""));
      }
    },
    GROUPS_FAIL("RC204", "broken-carol", "the directory does not answer") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("base", rule("\"groups\": [\"eng\"], \"role\": \"" + role("r") + "\""));
      }

      @Override
      String user() {
        return "broken-carol";
      }
    },
    GROUPS_EMPTY("RC204", "carol") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rules("base", rule("\"groups\": [\"eng\"], \"role\": \"" + role("r") + "\""));
      }
    },
    PROPERTIES_LACK_A_KEY("RC405", "base.properties", "secretKey") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        World.write(world.keysFile, "accessKey=AKIAX\n");
      }
    },
    PROPERTIES_MISSING("RC404", "base.properties") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        Files.delete(world.keysFile);
      }
    },
    STS_DENIES("RC301", "carol", "alpha", "role/r", "not authorized here") {
      @Override
      void spoil(World world, Configuration conf) {
        world.sts.refuse(role("r"), 403, "AccessDenied", "not authorized here");
      }
    },
    STS_THROTTLES("RC302", "carol", "role/r") {
      @Override
      void spoil(World world, Configuration conf) {
        world.sts.refuse(role("r"), 400, "Throttling", "Rate exceeded");
        conf.set("rolecall.timeout", "2s");
      }
    },
    STS_UNREACHABLE("RC303", "carol", "role/r", "127.0.0.1:9") {
      @Override
      void spoil(World world, Configuration conf) {
        conf.set("rolecall.sts.endpoint", "http://127.0.0.1:9");
        conf.set("rolecall.timeout", "2s");
      }
    },
    IMDS_ABSENT("RC402", "carol") {
      @Override
      void spoil(World world, Configuration conf) throws Exception {
        world.rulesText(
            "{\"version\": 1, \"base\": {\"source\": \"instance-profile\"}, \"rules\": ["
                + rule("\"role\": \"" + role("r") + "\"")
                + "], \"otherwise\": \"deny\"}");
        conf.set("rolecall.timeout", "2s");
      }
    },
    BAD_DURATION("RC120", "rolecall.timeout", "soon") {
      @Override
      void spoil(World world, Configuration conf) {
        conf.set("rolecall.timeout", "soon");
      }
    },
    THROW_WITHOUT_A_SITE_FILE("RC12", "rolecall.refusal") {
      @Override
      void spoil(World world, Configuration conf) {
        conf.set("rolecall.refusal", "throw");
      }
    },
    NOT_UNICODE("RC604", "rolecall.conf.tenant") {
      @Override
      void spoil(World world, Configuration conf) {
        conf.set("rolecall.conf.tenant", "\udc00");
      }
    };

    final String[] told;

    Case(String... told) {
      this.told = told;
    }

    abstract void spoil(World world, Configuration conf) throws Exception;

    String user() {
      return "carol";
    }

    static String rule(String fields) {
      return "{\"name\": \"alpha\", " + fields + "}";
    }
  }

  private Configuration spoilt(Case input, Configuration host) throws Exception {
    world.rules("deny", Case.rule("\"role\": \"" + role("r") + "\""));
    Configuration conf = world.configured(host);
    input.spoil(world, conf);
    return conf;
  }

  private static <T> T as(Case input, PrivilegedAction<T> action) {
    return UserGroupInformation.createRemoteUser(input.user()).doAs(action);
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void underS3aAloneItIsAnErrorThatSaysWhatToMend(Case input) throws Exception {
    Configuration conf = spoilt(input, Hosts.s3aAlone(OURS));
    RolecallCredentialsProvider provider =
        as(input, () -> new RolecallCredentialsProvider(S3A, conf));
    String message = null;
    try {
      provider.getCredentials();
    } catch (RolecallException e) {
      message = e.getMessage();
    }
    assertThat(message).isNotNull().contains(input.told).matches("(?s)RC\\d{3}: .*");
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void underEmrfsItIsUnusableAndTheLogSaysWhy(Case input) throws Exception {
    Configuration conf = spoilt(input, Hosts.emrfs(OURS));
    List<EmrfsLike> hosts = new ArrayList<>();
    hosts.add(as(input, () -> EmrfsLike.byUri(S3, conf)));
    hosts.add(as(input, () -> EmrfsLike.byUri(S3A, conf)));
    hosts.add(as(input, () -> EmrfsLike.byUri(null, conf)));
    hosts.add(as(input, () -> EmrfsLike.byNoArgument(conf)));
    for (EmrfsLike host : hosts) {
      try (CapturedLog log = new CapturedLog()) {
        assertUnusable(host.credentials());
        assertUnusable(host.credentials());
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARNING Unusable credentials"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"DENIED", "STS_DENIES", "RULES_NOT_JSON", "NO_RULES_SETTING"})
  void underS3aWithAnotherProviderBehindItIsUnusable(Case input) throws Exception {
    String others = InstanceProfileCredentialsProvider.class.getName();
    Configuration conf = spoilt(input, Hosts.s3a(OURS.getName() + "," + others));
    assertUnusable(as(input, () -> new RolecallCredentialsProvider(S3A, conf)).getCredentials());
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"DENIED", "NO_RULES_SETTING"})
  void withoutALocationItIsUnusable(Case input) throws Exception {
    Configuration conf = spoilt(input, Hosts.s3aAlone(OURS));
    assertUnusable(as(input, () -> new RolecallCredentialsProvider(conf)).getCredentials());
    assertUnusable(as(input, () -> new RolecallCredentialsProvider(null, conf)).getCredentials());
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"DENIED", "STS_DENIES", "RULES_NOT_JSON"})
  void theJobMayAskForUnusableOnes(Case input) throws Exception {
    Configuration conf = spoilt(input, Hosts.s3aAlone(OURS));
    conf.set("rolecall.refusal", "unusable");
    assertUnusable(as(input, () -> new RolecallCredentialsProvider(S3A, conf)).getCredentials());
  }

  private static void assertUnusable(AWSCredentials credentials) {
    assertThat(credentials.getAWSAccessKeyId()).isEqualTo("AKIAROLECALLREFUSED0");
    assertThat(credentials.getAWSSecretKey()).hasSize(40);
  }
}
