package dev.rolecall;

import java.util.concurrent.atomic.AtomicLong;

/** The real library, with its calls counted, as long as it is open. */
public final class CountedCrossings implements AutoCloseable, Boundary {
  private final AtomicLong count = new AtomicLong();
  private final Boundary library;

  public CountedCrossings() {
    library = NativeLibrary.boundary();
    NativeLibrary.replace(this);
  }

  /** All calls of any native method until now. */
  public long count() {
    return count.get();
  }

  private Boundary counted() {
    count.incrementAndGet();
    return library;
  }

  @Override
  public byte[] open(byte[] opening) {
    return counted().open(opening);
  }

  @Override
  public byte[] ask(long id, byte[] question) {
    return counted().ask(id, question);
  }

  @Override
  public void close(long id) {
    counted().close(id);
  }

  @Override
  public void release(long id) {
    counted().release(id);
  }

  @Override
  public byte[] hostKeys() {
    return counted().hostKeys();
  }

  @Override
  public byte[] drainLogs(int mostVerbose) {
    return counted().drainLogs(mostVerbose);
  }

  @Override
  public void close() {
    NativeLibrary.replace(library);
  }
}
