package dev.rolecall;

/** Answers as the native library packs them. */
final class Answers {
  static final long NEVER = -1;

  private Answers() {}

  static PackedWriter start(int status) {
    return PackedWriter.message().u8(status).u8(0);
  }

  static byte[] done() {
    return start(Answer.OK).toBytes();
  }

  static byte[] keys(long generation, long askAgainMillis, long expiresMillis, String name) {
    return start(Answer.OK)
        .u64(generation)
        .u64(askAgainMillis)
        .u64(expiresMillis)
        .text("", "ASIA" + name)
        .text("", "secret of " + name)
        .text("", "token of " + name)
        .u32(77) // a newer library's field
        .toBytes();
  }

  static byte[] unchanged(long askAgainMillis, long expiresMillis) {
    return start(Answer.UNCHANGED).u64(askAgainMillis).u64(expiresMillis).toBytes();
  }

  static byte[] pending() {
    return start(Answer.PENDING).toBytes();
  }

  static byte[] needGroups() {
    return start(Answer.NEED_GROUPS).toBytes();
  }

  static byte[] refused(int code, String text) {
    return start(Answer.REFUSED).u16(code).u8(2).text("", "RC" + code + ": " + text).toBytes();
  }

  static byte[] failed(int code, String text) {
    return start(Answer.FAILED).u16(code).u8(1).text("", "RC" + code + ": " + text).toBytes();
  }

  static byte[] withLogs(byte[] answer) {
    byte[] noted = answer.clone();
    noted[3] |= 1;
    return noted;
  }

  static byte[] texts(String... texts) {
    PackedWriter answer = start(Answer.OK).u32(texts.length);
    for (String text : texts) {
      int block = answer.startBlock();
      answer.text("", text);
      answer.endBlock(block);
    }
    return answer.toBytes();
  }

  static byte[] logs(long dropped, String... warnings) {
    PackedWriter answer = start(Answer.OK).u64(dropped).u32(warnings.length);
    for (String text : warnings) {
      int block = answer.startBlock();
      answer.u8(Log.WARN).text("", text);
      answer.endBlock(block);
    }
    return answer.toBytes();
  }
}
