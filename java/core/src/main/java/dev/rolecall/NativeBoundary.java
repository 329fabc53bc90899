package dev.rolecall;

/** The loaded library. */
final class NativeBoundary implements Boundary {
  @Override
  public byte[] open(byte[] opening) {
    return Native.open(opening);
  }

  @Override
  public byte[] ask(long id, byte[] question) {
    return Native.ask(id, question);
  }

  @Override
  public void close(long id) {
    Native.close(id);
  }

  @Override
  public void release(long id) {
    Native.release(id);
  }

  @Override
  public byte[] hostKeys() {
    return Native.hostKeys();
  }

  @Override
  public byte[] drainLogs(int mostVerbose) {
    return Native.drainLogs(mostVerbose);
  }
}
