package dev.rolecall;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The credentials of one caller at one location: the last answer, and the way to the next.
 *
 * <p>While the last answer is fresh it is shown without crossing into the native library. When it
 * is due one thread crosses, and the others go on with it as long as it is valid. When there is
 * none they wait for that one thread, and what it is told counts for all of them.
 */
final class Holding<C> {
  /** Unusable credentials, and valid ones behind a fault, are looked at again after this time. */
  static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The longest one crossing waits, so that an interrupt is seen in time. */
  private static final long CROSSING_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Left to the native library to say what it waits for, before we say that we don't know. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final CredentialsSource<C> source;
  private final Caller caller;
  private final boolean isForConstruction;
  private final Ticker ticker;
  private final ReentrantLock crossing = new ReentrantLock();

  private volatile Snapshot<C> snapshot;

  /** How many questions were answered, by keys or by a failure. */
  private volatile long answered;

  private volatile long id;
  private volatile boolean closed;
  private volatile long timeoutNanos = TimeUnit.SECONDS.toNanos(120);
  private volatile Refusal refusal;

  // Guarded by the lock.
  private Failure lastFailure;
  private boolean logsWait;
  private Releases.Release release;
  private long openedAt;

  /** What the thread with the lock waits for. */
  private volatile GroupLookup lookup;

  private volatile String lastLogged;

  /**
   * @param isForConstruction whether the caller is the one at construction, who does not count
   *     where the settings say that the caller is read at each call
   */
  Holding(CredentialsSource<C> source, Caller caller, boolean isForConstruction, Ticker ticker) {
    this.source = source;
    this.caller = caller;
    this.isForConstruction = isForConstruction;
    this.ticker = ticker;
    this.refusal = source.host().refusal();
  }

  /**
   * The credentials, or unusable ones where the host does not bear an exception.
   *
   * @throws RolecallException where it does
   */
  C credentials() {
    Snapshot<C> held = snapshot;
    if (held != null && held.isFresh(ticker.nanos())) {
      return held.credentials;
    }
    return due();
  }

  private C due() {
    long before = answered;
    Snapshot<C> held = snapshot;
    if (held != null && held.isValid(ticker.nanos())) {
      if (crossing.isHeldByCurrentThread() || !crossing.tryLock()) {
        return held.credentials;
      }
    } else {
      Failure failure = waitForLock();
      if (failure != null) {
        return refuse(failure, failure.exception());
      }
    }
    try {
      held = snapshot;
      if (held != null && held.isFresh(ticker.nanos())) {
        return held.credentials;
      }
      if (answered != before && lastFailure != null) {
        // The question that this thread waited for. It would only wait as long again.
        return refuse(lastFailure, lastFailure.exception());
      }
      return ask(false);
    } finally {
      leave();
    }
  }

  /** Makes STS give a new session. Never throws: the next call for credentials tells. */
  void refresh() {
    if (waitForLock() != null) {
      return;
    }
    try {
      ask(true);
    } catch (RolecallException e) {
      // It is kept, and told by the next call.
    } finally {
      leave();
    }
  }

  /** What is valid is still shown, and not renewed. */
  void close() {
    closed = true;
    if (id != 0) {
      NativeLibrary.boundary().close(id);
    }
  }

  @Override
  public String toString() {
    return caller.toString();
  }

  private Failure waitForLock() {
    try {
      if (!waitsForThisThread() && crossing.tryLock()) {
        return null;
      }
      long start = ticker.nanos();
      while (!waitsForThisThread()) {
        long left = timeoutNanos + GRACE_NANOS - (ticker.nanos() - start);
        if (left <= 0) {
          return timedOut();
        }
        if (crossing.tryLock(Math.min(left, CROSSING_NANOS), TimeUnit.NANOSECONDS)) {
          return null;
        }
      }
      return Failure.passing(Failure.JVM_FAULT, GroupLookup.needsItself(caller.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return interrupted();
    }
  }

  private boolean waitsForThisThread() {
    GroupLookup lookup = this.lookup;
    return crossing.isHeldByCurrentThread() || (lookup != null && lookup.isOnThisThread());
  }

  private void leave() {
    boolean drain = logsWait;
    logsWait = false;
    crossing.unlock();
    if (drain) {
      // Behind the lock: the host's log may be slow, or ask for credentials itself.
      NativeLogs.drain(NativeLibrary.boundary());
    }
  }

  private C ask(boolean renew) {
    try {
      Boundary boundary = NativeLibrary.boundary();
      Releases.drain(boundary);
      if (wasOpenedWithBadSettings() && ticker.nanos() - openedAt >= LOOK_AGAIN_NANOS) {
        id = 0;
        Releases.now(release, boundary);
      }
      if (id == 0) {
        open(boundary);
      }
      if (!isForConstruction || !source.readsCallerPerCall()) {
        C credentials = askUntilAnswered(boundary, renew);
        lastFailure = null;
        answered++;
        return credentials;
      }
    } catch (Throwable e) {
      return failed(e);
    }
    return source.credentials();
  }

  /** Settings are read at opening: what was wrong with them may have been mended since. */
  private boolean wasOpenedWithBadSettings() {
    return id != 0 && lastFailure != null && lastFailure.isOfSettings();
  }

  private void open(Boundary boundary) {
    byte[] message = boundary.open(source.host().opening(boundary, caller));
    Answer answer = Answer.readAny(message);
    logsWait |= answer.logsWait();
    if (answer.isFailure()) {
      throw answer.failure().exception();
    }
    PackedReader body = answer.body();
    long opened = body.u64();
    refusal = source.host().refusal(body.u8());
    source.readCallerPerCall(body.u8() == 1);
    timeoutNanos = TimeUnit.MILLISECONDS.toNanos(body.u64());
    release = Releases.when(this, opened);
    openedAt = ticker.nanos();
    id = opened;
    if (closed) {
      boundary.close(opened);
    }
  }

  private C askUntilAnswered(Boundary boundary, boolean renew) {
    Snapshot<C> held = snapshot;
    long generation = held != null ? held.generation : 0;
    long start = ticker.nanos();
    boolean groupsWanted = false;
    while (true) {
      long left = timeoutNanos + GRACE_NANOS - (ticker.nanos() - start);
      if (left <= 0) {
        throw timedOut().exception();
      }
      CallerGroups groups = CallerGroups.NONE;
      if (groupsWanted) {
        groups = groups(start);
        groupsWanted = false;
        left = timeoutNanos + GRACE_NANOS - (ticker.nanos() - start);
      }
      byte[] question =
          question(generation, renew, Math.max(0, Math.min(left, CROSSING_NANOS)), groups);
      // Times in the answer count from here: a JVM that stalls meanwhile shows no ended key.
      long asked = ticker.nanos();
      Answer answer = Answer.readAny(boundary.ask(id, question));
      logsWait |= answer.logsWait();
      try {
        switch (answer.status()) {
          case Answer.OK:
            return take(answer.body(), asked);
          case Answer.UNCHANGED:
            if (generation == 0) {
              throw answer.unexpected().exception();
            }
            PackedReader times = answer.body();
            snapshot = held.until(asked, times.u64(), times.u64());
            return held.credentials;
          case Answer.PENDING:
          case Answer.NEED_GROUPS:
            groupsWanted = answer.status() == Answer.NEED_GROUPS;
            if (!renew || groupsWanted) {
              // The rule that gave it may stand no longer: nobody shows it until that is known.
              snapshot = null;
            } else if (held != null && !held.isFresh(ticker.nanos())) {
              // The renewal goes on without us; now it must be known whether the rule stands.
              renew = false;
            }
            break;
          case Answer.REFUSED:
          case Answer.FAILED:
            throw answer.failure().exception();
          default:
            throw answer.unexpected().exception();
        }
      } finally {
        answer.body().wipe();
      }
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted().exception();
      }
    }
  }

  private CallerGroups groups(long start) {
    try {
      lookup = GroupLookup.of(caller.user(), source.host().conf(), ticker);
      return lookup.groups(start, timeoutNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted().exception();
    } catch (RuntimeException | Error e) {
      return CallerGroups.unknown("their look-up could not begin: " + e);
    } finally {
      lookup = null;
    }
  }

  private byte[] question(long generation, boolean renew, long waitNanos, CallerGroups groups) {
    PackedWriter question =
        PackedWriter.message()
            .u64(generation)
            .u8(renew ? 1 : 0)
            .u32((int) TimeUnit.NANOSECONDS.toMillis(waitNanos));
    groups.write(question);
    return question.toBytes();
  }

  private C take(PackedReader body, long asked) {
    long generation = body.u64();
    long askAgain = body.u64();
    long expires = body.u64();
    C credentials = source.make(body.requiredText(), body.requiredText(), body.text());
    snapshot = Snapshot.of(credentials, generation, asked, askAgain, expires);
    return credentials;
  }

  private C failed(Throwable thrown) {
    Failure failure =
        Failure.fault("asking for " + caller + "'s credentials at " + source.host(), thrown);
    Snapshot<C> left = snapshot;
    long now = ticker.nanos();
    if (left != null && left.isValid(now) && failure.saysNothingOfTheRule()) {
      if (!left.isFresh(now)) {
        snapshot = left.askAgainIn(now, LOOK_AGAIN_NANOS);
      }
      logOnce("Going on with credentials that are still valid: ", failure);
      return left.credentials;
    }
    if (failure.code() != Failure.INTERRUPTED) {
      lastFailure = failure;
      answered++;
      snapshot =
          refusal == Refusal.UNUSABLE
              ? Snapshot.refused(source.unusable(), now, LOOK_AGAIN_NANOS)
              : null;
    }
    return refuse(failure, thrown);
  }

  private C refuse(Failure failure, Throwable thrown) {
    if (refusal == Refusal.UNUSABLE) {
      logOnce("Unusable credentials for " + caller + " at " + source.host() + ": ", failure);
      return source.unusable();
    }
    if (thrown instanceof RolecallException) {
      throw (RolecallException) thrown;
    }
    if (thrown instanceof VirtualMachineError) {
      throw (VirtualMachineError) thrown;
    }
    throw failure.exception(thrown);
  }

  private void logOnce(String before, Failure failure) {
    if (!failure.text().equals(lastLogged)) {
      lastLogged = failure.text();
      Log.write(Log.WARN, before + failure.text());
    }
  }

  private Failure timedOut() {
    return Failure.passing(
        Failure.TIMED_OUT,
        "no answer for "
            + caller
            + " at "
            + source.host()
            + " within "
            + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos)
            + " s. See the log for what it waited for; rolecall.timeout sets how long it may.");
  }

  private Failure interrupted() {
    return Failure.passing(
        Failure.INTERRUPTED,
        "the thread was interrupted while it waited for "
            + caller
            + "'s credentials at "
            + source.host()
            + ".");
  }
}
