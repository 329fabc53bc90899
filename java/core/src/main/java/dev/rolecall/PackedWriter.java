package dev.rolecall;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a message for the native library: big-endian numbers, texts as UTF-8 behind a length,
 * lists as a count of blocks that each have a length. A message starts with the number of its
 * layout.
 */
final class PackedWriter {
  /** The layout that both sides write and read. */
  static final int LAYOUT = 1;

  /** Marks an absent text where its length would stand. */
  static final int ABSENT = -1;

  private byte[] bytes = new byte[256];
  private int length;

  /** A message, with its layout's number written. */
  static PackedWriter message() {
    return new PackedWriter().u16(LAYOUT);
  }

  PackedWriter u8(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  PackedWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  PackedWriter u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  PackedWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  /**
   * A text, or its absence when it is null.
   *
   * @param what names the text in the error, which never shows the text itself
   * @throws RolecallException RC604 when it holds half a surrogate pair: replacing it would make
   *     two names one
   */
  PackedWriter text(String what, String text) {
    if (text == null) {
      return u32(ABSENT);
    }
    CharsetEncoder encoder =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer encoded;
    try {
      encoded = encoder.encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw Failure.lasting(
              Failure.TEXT_NOT_UNICODE,
              what + " is not Unicode text: it holds half a surrogate pair. Correct its spelling.")
          .exception(e);
    }
    u32(encoded.remaining());
    int size = encoded.remaining();
    room(size);
    encoded.get(bytes, length, size);
    length += size;
    return this;
  }

  /** Starts a block and gives the place to end it by. */
  int startBlock() {
    u32(0);
    return length;
  }

  /** Ends the block that {@link #startBlock} gave {@code start} for. */
  void endBlock(int start) {
    int size = length - start;
    bytes[start - 4] = (byte) (size >>> 24);
    bytes[start - 3] = (byte) (size >>> 16);
    bytes[start - 2] = (byte) (size >>> 8);
    bytes[start - 1] = (byte) size;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }
}
