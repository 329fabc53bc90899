package dev.rolecall;

import java.io.Closeable;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * What both provider classes do, whichever SDK they show it to.
 *
 * @param <C> the host's own class of credentials
 */
public final class CredentialsSource<C> implements Closeable {
  /** As many callers are told apart where the caller is read at each call. */
  private static final int MOST_CALLERS = 1000;

  private final HostCredentials<C> shape;
  private final C unusable;
  private final Host host;
  private final boolean inHadoop;
  private final Ticker ticker;
  private final Holding<C> constructed;

  private volatile Map<Caller, Holding<C>> callers;
  private volatile boolean closed;

  private CredentialsSource(
      HostCredentials<C> shape, URI location, Configuration conf, Refusal bears, Ticker ticker) {
    this.shape = shape;
    this.unusable = shape.of(Refusal.ACCESS_KEY_ID, Refusal.SECRET_ACCESS_KEY, null);
    this.host = new Host(location, conf, bears);
    this.inHadoop = conf != null;
    this.ticker = ticker;
    this.constructed = new Holding<C>(this, Caller.current(inHadoop), true, ticker);
  }

  /**
   * For a host that constructs a provider. Never throws: the first call for credentials tells.
   *
   * @param provider the class that the host's settings name
   * @param location of the file system; null where the host names none
   * @param conf the host's configuration; null where it gives none
   */
  public static <C> CredentialsSource<C> forHost(
      Class<?> provider, URI location, Configuration conf, HostCredentials<C> shape) {
    return forHost(provider, location, conf, shape, Ticker.SYSTEM);
  }

  static <C> CredentialsSource<C> forHost(
      Class<?> provider,
      URI location,
      Configuration conf,
      HostCredentials<C> shape,
      Ticker ticker) {
    Refusal bears = Refusal.forHost(provider.getName(), location, conf);
    return new CredentialsSource<C>(shape, location, conf, bears, ticker);
  }

  /** For a program that asks by itself: no chain stands behind it, so a refusal is an exception. */
  public static <C> CredentialsSource<C> forProgram(HostCredentials<C> shape) {
    return new CredentialsSource<C>(shape, null, null, Refusal.THROW, Ticker.SYSTEM);
  }

  /**
   * The credentials; the same object as long as the keys are the same.
   *
   * @throws RolecallException where the host stops at an exception; everywhere else a failure is
   *     credentials that S3 rejects
   */
  public C credentials() {
    return callers == null ? constructed.credentials() : ofCurrentCaller().credentials();
  }

  /** Makes STS give a new session. What goes wrong is told by the next call for credentials. */
  public void refresh() {
    if (callers == null) {
      constructed.refresh();
    } else {
      ofCurrentCaller().refresh();
    }
  }

  /** Renews nothing any more; what is valid is still shown. Closing twice is nothing. */
  @Override
  public void close() {
    closed = true;
    try {
      constructed.close();
      Map<Caller, Holding<C>> callers = this.callers;
      if (callers != null) {
        synchronized (callers) {
          for (Holding<C> holding : callers.values()) {
            holding.close();
          }
        }
      }
    } catch (RuntimeException | LinkageError e) {
      Log.write(Log.WARN, "closing failed: " + e);
    }
  }

  private Holding<C> ofCurrentCaller() {
    Caller caller = Caller.current(inHadoop);
    Map<Caller, Holding<C>> callers = this.callers;
    synchronized (callers) {
      Holding<C> holding = callers.get(caller);
      if (holding == null) {
        holding = new Holding<C>(this, caller, false, ticker);
        if (closed) {
          holding.close();
        }
        callers.put(caller, holding);
      }
      return holding;
    }
  }

  boolean readsCallerPerCall() {
    return callers != null;
  }

  void readCallerPerCall(boolean perCall) {
    if (perCall && callers == null) {
      callers = new LastCallers<C>();
    }
  }

  Host host() {
    return host;
  }

  C make(String accessKeyId, String secretAccessKey, String sessionToken) {
    return shape.of(accessKeyId, secretAccessKey, sessionToken);
  }

  C unusable() {
    return unusable;
  }

  /** Location and caller; no keys. */
  @Override
  public String toString() {
    return host + " for " + (callers == null ? constructed.toString() : "each caller");
  }

  /** Forgets who has not asked for longest. */
  private static final class LastCallers<C> extends LinkedHashMap<Caller, Holding<C>> {
    private static final long serialVersionUID = 1L;

    LastCallers() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Caller, Holding<C>> eldest) {
      return size() > MOST_CALLERS;
    }
  }
}
