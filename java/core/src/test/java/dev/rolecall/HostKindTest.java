package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostKindTest {
  private static final String OURS = "dev.rolecall.sdkv1.RolecallCredentialsProvider";
  private static final String OTHER = "com.amazonaws.auth.InstanceProfileCredentialsProvider";

  private static boolean throwsUnder(String location, Configuration conf) {
    URI uri = location != null ? URI.create(location) : null;
    return HostKind.endsAtAnException(OURS, uri, conf);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OURS,
        OTHER + "," + OURS,
        " " + OTHER + " ,\n  " + OURS + " \n",
        OURS + ",",
        OTHER + "\n" + OURS + ",,"
      })
  void s3aWithOursAsTheLastStopsAtAnException(String providers) {
    assertThat(throwsUnder("s3a://lake/", Hosts.s3a(providers))).isTrue();
    assertThat(throwsUnder("s3://lake/", Hosts.s3a(providers))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {OURS + "," + OTHER, OTHER, "", " , ", "x" + OURS, OURS + "X", OURS + " " + OTHER})
  void s3aThatHasAnotherBehindOursOrNoOursMayGoOn(String providers) {
    assertThat(throwsUnder("s3a://lake/", Hosts.s3a(providers))).isFalse();
  }

  @Test
  void aSubclassOfS3aIsS3a() {
    Configuration conf = Hosts.s3a(OURS);
    conf.set("fs.s3a.impl", Hosts.DistributionsS3a.class.getName());
    assertThat(throwsUnder("s3a://lake/", conf)).isTrue();
  }

  @Test
  void theSchemesOwnFileSystemCounts() {
    Configuration conf = Hosts.s3a(OURS);
    conf.set("fs.s3.impl", Hosts.EmrFileSystem.class.getName());
    assertThat(throwsUnder("s3a://lake/", conf)).isTrue();
    assertThat(throwsUnder("s3://lake/", conf)).isFalse();

    conf.set("fs.s3a.impl", Hosts.EmrFileSystem.class.getName());
    assertThat(throwsUnder("s3a://lake/", conf)).as("a scheme does not tell the host").isFalse();
  }

  @Test
  void withoutALocationOrAConfigurationNothingIsKnownOfTheHost() {
    assertThat(throwsUnder(null, Hosts.s3a(OURS))).isFalse();
    assertThat(throwsUnder("lake/path", Hosts.s3a(OURS))).isFalse();
    assertThat(throwsUnder("s3a://lake/", null)).isFalse();
  }

  @Test
  void aFileSystemThatIsNotThereIsNotS3a() {
    Configuration conf = Hosts.s3a(OURS);
    conf.set("fs.s3a.impl", "no.such.FileSystem");
    assertThat(throwsUnder("s3a://lake/", conf)).isFalse();
    assertThat(throwsUnder("nowhere://lake/", conf)).isFalse();
  }

  @Test
  void aListThatCannotBeReadIsNoReasonToThrow() {
    Configuration conf = Hosts.s3a("${loop}");
    conf.set("loop", "${loop}${loop}");
    assertThat(throwsUnder("s3a://lake/", conf)).isFalse();
  }

  @Test
  void theKeysOfARefusalAreWellFormedAndNobodys() {
    assertThat(Refusal.ACCESS_KEY_ID).hasSize(20).startsWith("AKIA").containsPattern("[0189]");
    assertThat(Refusal.SECRET_ACCESS_KEY).hasSize(40).matches("[A-Za-z0-9+/]+");
  }
}
