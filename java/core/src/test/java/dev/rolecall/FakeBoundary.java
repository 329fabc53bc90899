package dev.rolecall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicLong;

/** A native library that answers as it is told; the last answer stays. */
class FakeBoundary implements Boundary {
  /** A question as it crossed. */
  static final class Question {
    final long id;
    final long held;
    final boolean renew;
    final int waitMillis;
    final String groups;

    Question(long id, byte[] message) {
      this.id = id;
      PackedReader reader = PackedReader.open(message);
      held = reader.u64();
      renew = reader.u8() == 1;
      waitMillis = reader.u32();
      groups = groups(reader);
    }

    private static String groups(PackedReader reader) {
      int kind = reader.u8();
      if (kind == 0) {
        return null;
      }
      if (kind == 2) {
        return "unknown: " + reader.requiredText();
      }
      List<String> groups = new ArrayList<>();
      int count = reader.u32();
      for (int i = 0; i < count; i++) {
        groups.add(reader.block().requiredText());
      }
      return groups.toString();
    }
  }

  interface Reply {
    byte[] to(Question question) throws Exception;
  }

  final List<Question> questions = Collections.synchronizedList(new ArrayList<Question>());

  /** Ids are never used again, by no library: what one test drops is released in another. */
  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  /** The ids that were given, in the order of {@link #openedFor}. */
  final List<Long> ids = Collections.synchronizedList(new ArrayList<Long>());

  final List<String> openedFor = Collections.synchronizedList(new ArrayList<String>());

  /** Short name, full name and real user, in the same order. */
  final List<String> names = Collections.synchronizedList(new ArrayList<String>());

  final List<Long> closed = Collections.synchronizedList(new ArrayList<Long>());
  final List<Long> released = Collections.synchronizedList(new ArrayList<Long>());
  volatile int refusalMode = 0;
  volatile int identity = 0;
  volatile long timeoutMillis = 120_000;
  volatile byte[] opening;

  private final BlockingDeque<Reply> replies = new LinkedBlockingDeque<>();
  private volatile Reply last;

  FakeBoundary then(byte[] answer) {
    return then(question -> answer.clone());
  }

  FakeBoundary then(Reply reply) {
    replies.add(reply);
    return this;
  }

  @Override
  public byte[] open(byte[] message) {
    if (opening != null) {
      return opening.clone();
    }
    PackedReader reader = PackedReader.open(message);
    String user = reader.requiredText();
    names.add(user + ", " + reader.text() + ", " + reader.text());
    openedFor.add(user + "@" + reader.text());
    long id = NEXT_ID.getAndIncrement();
    ids.add(id);
    return Answers.start(Answer.OK)
        .u64(id)
        .u8(refusalMode)
        .u8(identity)
        .u64(timeoutMillis)
        .toBytes();
  }

  @Override
  public byte[] ask(long id, byte[] message) {
    Question question = new Question(id, message);
    questions.add(question);
    Reply next = replies.poll();
    last = next != null ? next : last;
    try {
      return last.to(question);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close(long id) {
    closed.add(id);
  }

  @Override
  public void release(long id) {
    released.add(id);
  }

  @Override
  public byte[] hostKeys() {
    return Answers.texts("fs.s3a.assumed.role.session.duration");
  }

  @Override
  public byte[] drainLogs(int mostVerbose) {
    return Answers.logs(0);
  }
}
