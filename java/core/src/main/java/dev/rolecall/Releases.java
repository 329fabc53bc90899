package dev.rolecall;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Releases native holders whose Java side was dropped: hosts with SDK v1 never close a provider.
 * Drained on calls that cross anyway; there is no thread for it.
 */
final class Releases {
  private static final ReferenceQueue<Object> DROPPED = new ReferenceQueue<Object>();
  private static final Set<Release> WAITING = ConcurrentHashMap.newKeySet();

  private Releases() {}

  /** Releases {@code id} some time after {@code owner} was collected. */
  static Release when(Object owner, long id) {
    Release release = new Release(owner, id);
    WAITING.add(release);
    return release;
  }

  /** Releases it at once. */
  static void now(Release release, Boundary boundary) {
    WAITING.remove(release);
    boundary.release(release.id);
  }

  /** Releases what was dropped until now. */
  static void drain(Boundary boundary) {
    Reference<?> dropped = DROPPED.poll();
    while (dropped != null) {
      Release release = (Release) dropped;
      WAITING.remove(release);
      boundary.release(release.id);
      dropped = DROPPED.poll();
    }
  }

  /** One native holder that waits for its owner to go. */
  static final class Release extends PhantomReference<Object> {
    private final long id;

    private Release(Object owner, long id) {
      super(owner, DROPPED);
      this.id = id;
    }
  }
}
