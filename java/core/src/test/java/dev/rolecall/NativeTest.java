package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both sides of the boundary against each other. */
class NativeTest {
  private Boundary library;

  @BeforeEach
  void load() {
    library = NativeLibrary.boundary();
  }

  @Test
  void jarAndLibraryAreOfTheVersionThatIsBuilt() {
    assertThat(Version.TEXT).isEqualTo(System.getProperty("test.rolecall.version"));
    PackedReader version = Answer.read(Native.version()).body();
    assertThat(version.u32()).isEqualTo(1);
    assertThat(version.block().requiredText()).isEqualTo(Version.TEXT);
    assertThat(Native.abi()).isEqualTo(Native.ABI);
  }

  @Test
  void theHostsOwnKeysAreTold() {
    PackedReader keys = Answer.read(library.hostKeys()).body();
    int count = keys.u32();
    assertThat(count).isPositive();
    for (int i = 0; i < count; i++) {
      assertThat(keys.block().requiredText()).startsWith("fs.s3");
    }
  }

  @Test
  void aMessageThatCannotBeReadIsAnAnswer() {
    for (byte[] message : new byte[][] {{}, {0}, {0, 1}, {0, 1, 0, 0, 0, 9}, {9, 9, 9, 9, 9, 9}}) {
      assertThatThrownBy(() -> Answer.read(library.open(message))).hasMessageStartingWith("RC602");
      assertThatThrownBy(() -> Answer.read(library.ask(1, message)))
          .hasMessageStartingWith("RC602");
    }
    byte[] notUtf8 = {0, 1, 0, 0, 0, 1, (byte) 0xff, 0, 0, 0, 0, 0, 0, 0, 0};
    assertThatThrownBy(() -> Answer.read(library.open(notUtf8))).hasMessageStartingWith("RC604");
    assertThatThrownBy(() -> PackedReader.open(library.open(null))).hasMessageStartingWith("RC601");
  }

  @Test
  void anIdOfNobodyIsAnError() {
    byte[] question = PackedWriter.message().u64(0).u8(0).u32(0).u8(0).toBytes();
    for (long id : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> Answer.read(library.ask(id, question)))
          .hasMessageStartingWith("RC603: ");
      library.close(id);
      library.release(id);
    }
  }

  private long opened(String user, String location) {
    PackedWriter opening =
        PackedWriter.message().text("", user).text("", user).text("", null).text("", location);
    GivenSettings.gather(new Configuration(false), java.util.Collections.emptyList())
        .write(opening);
    return Answer.read(library.open(opening.toBytes())).body().u64();
  }

  @Test
  void idsAreNeverUsedAgain() {
    long first = opened("carol", "s3a://lake/");
    library.release(first);
    library.release(first);
    assertThat(opened("carol", "s3a://lake/")).isGreaterThan(first);
    byte[] question = PackedWriter.message().u64(0).u8(0).u32(0).u8(0).toBytes();
    assertThatThrownBy(() -> Answer.read(library.ask(first, question)))
        .hasMessageStartingWith("RC603: ");
  }

  @Test
  void namesOfAnyKindCross() {
    for (String user : new String[] {"*", "../x", "a b", "\0", "用户", "😀", "${user}"}) {
      long id = opened(user, "s3a://lake/");
      byte[] question = PackedWriter.message().u64(0).u8(0).u32(0).u8(0).toBytes();
      assertThatThrownBy(() -> Answer.read(library.ask(id, question)))
          .hasMessageStartingWith("RC101: ");
    }
  }
}
