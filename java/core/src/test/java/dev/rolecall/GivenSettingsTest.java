package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenSettingsTest {
  private static final String DURATION = "fs.s3a.assumed.role.session.duration";

  private static final List<String> ORIGINS =
      Arrays.asList("conf", "property", "key", "resource", "no resource");

  private static List<String> gathered(Configuration conf, String... hostKeys) {
    PackedWriter opening = PackedWriter.message();
    GivenSettings.gather(conf, Arrays.asList(hostKeys)).write(opening);
    PackedReader reader = PackedReader.open(opening.toBytes());
    List<String> entries = new ArrayList<>();
    int count = reader.u32();
    for (int i = 0; i < count; i++) {
      PackedReader entry = reader.block();
      String origin = ORIGINS.get(entry.u8());
      entries.add(
          origin + " " + entry.text() + " " + entry.requiredText() + "=" + entry.requiredText());
    }
    Collections.sort(entries);
    return entries;
  }

  @Test
  void allOursAndTheHostsOwnKeysWithWhereTheyComeFrom() {
    Configuration conf = new Configuration();
    conf.addResource(
        new ByteArrayInputStream(
            ("<configuration><property><name>rolecall.rules</name>"
                    + "<value>/etc/rules.json</value></property></configuration>")
                .getBytes()),
        "core-site.xml");
    conf.set("fs.s3a.rolecall.timeout", "30s");
    conf.set("rolecall.conf.tenant", "acme");
    conf.set("fs.s3a.secret.key", "not ours");
    assertThat(gathered(conf, DURATION))
        .containsExactly(
            "conf core-default.xml " + DURATION + "=30m",
            "conf core-site.xml rolecall.rules=/etc/rules.json",
            "conf programmatically fs.s3a.rolecall.timeout=30s",
            "conf programmatically rolecall.conf.tenant=acme");
  }

  @Test
  void aDefaultThatWentThroughAJobsFileIsStillADefault() throws Exception {
    Configuration submitted = new Configuration();
    submitted.set("rolecall.rules", "/r");
    ByteArrayOutputStream job = new ByteArrayOutputStream();
    submitted.writeXml(job);
    Configuration conf = new Configuration(false);
    conf.addResource(new ByteArrayInputStream(job.toByteArray()), "job.xml");
    assertThat(gathered(conf, DURATION))
        .containsExactly(
            "conf core-default.xml " + DURATION + "=30m", "conf job.xml rolecall.rules=/r");
  }

  @Test
  void hadoopsExpansionIsForPathsAndNotForInlineRules() {
    Configuration conf = new Configuration(false);
    conf.set("cluster", "blue");
    conf.set("user", "somebody else");
    conf.set("rolecall.rules", "/etc/${cluster}/rules.json");
    conf.set("fs.s3a.rolecall.rules", " {\"session\": {\"name\": \"${user}\"}}");
    assertThat(gathered(conf))
        .containsExactly(
            "conf programmatically fs.s3a.rolecall.rules= {\"session\": {\"name\": \"${user}\"}}",
            "conf programmatically rolecall.rules=/etc/blue/rules.json");
  }

  @Test
  void systemPropertiesOfOursButTheLoaders() {
    System.setProperty("rolecall.timeout", "5s");
    System.setProperty("rolecall.native.tmpdir", "/tmp");
    try {
      assertThat(gathered(null)).containsExactly("property null rolecall.timeout=5s");
    } finally {
      System.clearProperty("rolecall.timeout");
      System.clearProperty("rolecall.native.tmpdir");
    }
  }

  @Test
  void refusalIsReadWithoutTheLibrary() {
    Configuration conf = new Configuration(false);
    assertThat(GivenSettings.isSetUnusable(conf)).isFalse();
    conf.set("rolecall.refusal", " unusable ");
    assertThat(GivenSettings.isSetUnusable(conf)).isTrue();
    conf.set("fs.s3a.rolecall.refusal", "host");
    assertThat(GivenSettings.isSetUnusable(conf)).isFalse();
    assertThat(GivenSettings.isSetUnusable(null)).isFalse();
  }

  @Test
  void theValueOfTheKeyThatHoldsTheRulesAsItStandsThereAndOfNoOther() {
    Configuration conf = new Configuration(false);
    conf.set("user", "somebody else");
    conf.set("fs.s3.authorization.roleMapping", "{\"a\": \"${user}\"}");
    conf.set("fs.s3a.authorization.roleMapping", "not asked for");
    assertThat(gathered(conf)).isEmpty();
    conf.set("rolecall.rules", " conf:fs.s3.authorization.roleMapping ");
    assertThat(gathered(conf))
        .containsExactly(
            "conf programmatically rolecall.rules= conf:fs.s3.authorization.roleMapping ",
            "key programmatically fs.s3.authorization.roleMapping={\"a\": \"${user}\"}");
    conf.unset("fs.s3.authorization.roleMapping");
    assertThat(gathered(conf)).hasSize(1);
  }

  @Test
  void theResourceThatHoldsTheRules(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve("rules.json"), "{\"ü\": 1}".getBytes(StandardCharsets.UTF_8));
    Files.write(folder.resolve("latin.json"), new byte[] {'{', (byte) 0xfc, '}'});
    Files.write(folder.resolve("large.json"), new byte[RulesResource.LARGEST + 1]);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      Configuration conf = new Configuration(false);
      conf.setClassLoader(loader);
      assertThat(resourceOf(conf, "rules.json")).isEqualTo("resource null rules.json={\"ü\": 1}");
      assertThat(resourceOf(conf, "absent.json")).isEqualTo("no resource null absent.json=");
      assertThat(resourceOf(conf, "latin.json")).startsWith("no resource ").contains("not UTF-8");
      assertThat(resourceOf(conf, "large.json")).startsWith("no resource ").contains("larger than");
    }
  }

  @Test
  void aResourceThatOnlyTheThreadsClassLoaderKnows(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve("rules.json"), new byte[] {'{', '}'});
    Configuration conf = new Configuration(false);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      assertThat(resourceOf(conf, "rules.json")).isEqualTo("resource null rules.json={}");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static String resourceOf(Configuration conf, String name) {
    conf.set("fs.s3a.rolecall.rules", "classpath:" + name);
    List<String> entries = gathered(conf);
    assertThat(entries).hasSize(2);
    return entries.get(1);
  }
}
