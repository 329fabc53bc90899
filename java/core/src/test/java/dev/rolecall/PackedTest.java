package dev.rolecall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackedTest {
  @Test
  void numbersAreBigEndianAndTextsHaveALength() {
    byte[] message = PackedWriter.message().u8(0xfe).u32(-2).u64(1).text("", "ü").toBytes();
    assertThat(message)
        .containsExactly(
            0, 1, 0xfe, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0xc3, 0xbc);
  }

  @Test
  void whatIsWrittenIsReadAndWhatTrailsIsSkipped() {
    PackedWriter writer = PackedWriter.message();
    int block = writer.startBlock();
    writer.text("", "inside").u64(Long.MIN_VALUE);
    writer.endBlock(block);
    writer.text("", null).u64(Long.MAX_VALUE).u8(200).u16(65535).text("", "trailing");

    PackedReader reader = PackedReader.open(writer.toBytes());
    assertThat(reader.block().requiredText()).isEqualTo("inside");
    assertThat(reader.text()).isNull();
    assertThat(reader.u64()).isEqualTo(Long.MAX_VALUE);
    assertThat(reader.u8()).isEqualTo(200);
    assertThat(reader.u16()).isEqualTo(65535);
  }

  @Test
  void aLongTextGrowsTheMessage() {
    char[] characters = new char[100_000];
    Arrays.fill(characters, '世');
    String text = new String(characters);
    assertThat(PackedReader.open(PackedWriter.message().text("", text).toBytes()).requiredText())
        .isEqualTo(text);
  }

  @Test
  void halfASurrogatePairIsAnErrorThatNamesTheTextAndDoesNotShowIt() {
    assertThatThrownBy(() -> PackedWriter.message().text("the caller's name", "ca\ud800rol"))
        .isInstanceOf(RolecallException.class)
        .hasMessageStartingWith("RC604: the caller's name")
        .hasMessageNotContaining("ca\ud800");
    assertThat(PackedReader.open(PackedWriter.message().text("", "😀\0").toBytes()).requiredText())
        .isEqualTo("😀\0");
  }

  @Test
  void everyCutOfAMessageIsAnError() {
    byte[] whole = PackedWriter.message().u64(7).text("", "text").toBytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(
              () -> {
                PackedReader reader = PackedReader.open(cut);
                reader.u64();
                reader.text();
              })
          .as("%d bytes", length)
          .hasMessageStartingWith("RC602: ");
    }
  }

  @Test
  void anotherLayoutIsNamed() {
    assertThatThrownBy(() -> PackedReader.open(new byte[] {0, 2}))
        .hasMessageContaining("layout 2 where this jar knows 1");
  }

  @Test
  void noAnswerAtAllIsAFault() {
    assertThatThrownBy(() -> PackedReader.open(null)).hasMessageStartingWith("RC601: ");
  }

  @Test
  void wipedKeysAreGone() {
    byte[] message = Answers.keys(1, 1, 1, "x");
    PackedReader.open(message).wipe();
    assertThat(message).containsOnly(0);
  }
}
