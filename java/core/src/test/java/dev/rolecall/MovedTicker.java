package dev.rolecall;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until it is moved. */
final class MovedTicker extends Ticker {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  @Override
  long nanos() {
    return now.get();
  }

  void pass(long amount, TimeUnit unit) {
    now.addAndGet(unit.toNanos(amount));
  }
}
