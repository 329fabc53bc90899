package dev.rolecall;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a message of the native library, field by field from its front. What trails behind the last
 * field that is asked for, in a message or a block, is a newer writer's and is skipped.
 */
final class PackedReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  private PackedReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /**
   * A reader behind the layout's number.
   *
   * @throws RolecallException RC602 when there is no message, or one of another layout
   */
  static PackedReader open(byte[] message) {
    if (message == null) {
      throw Failure.passing(
              Failure.NATIVE_PANIC, "the native library gave no answer: it may be out of memory")
          .exception();
    }
    PackedReader reader = new PackedReader(message, 0, message.length);
    int layout = reader.u16();
    if (layout != PackedWriter.LAYOUT) {
      throw unreadable("layout " + layout + " where this jar knows " + PackedWriter.LAYOUT);
    }
    return reader;
  }

  private static RolecallException unreadable(String why) {
    return Failure.lasting(
            Failure.LAYOUT_UNREADABLE,
            "a message of the native library can't be read: " + why + "; is it of another version?")
        .exception();
  }

  private int take(int length) {
    if (length < 0 || length > end - at) {
      throw unreadable("it ends before a field of " + length + " bytes");
    }
    int start = at;
    at += length;
    return start;
  }

  int u8() {
    return bytes[take(1)] & 0xff;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  int u32() {
    return u16() << 16 | u16();
  }

  long u64() {
    return (u32() & 0xffff_ffffL) << 32 | u32() & 0xffff_ffffL;
  }

  /** A text, null when it is absent. */
  String text() {
    int length = u32();
    if (length == PackedWriter.ABSENT) {
      return null;
    }
    int start = take(length);
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }

  /** A text that must be there. */
  String requiredText() {
    String text = text();
    if (text == null) {
      throw unreadable("a text is missing");
    }
    return text;
  }

  /** The next item of a list. */
  PackedReader block() {
    int length = u32();
    int start = take(length);
    return new PackedReader(bytes, start, start + length);
  }

  /** Wipes the message, which may hold keys. */
  void wipe() {
    Arrays.fill(bytes, (byte) 0);
  }
}
