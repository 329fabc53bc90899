package dev.rolecall.hosts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * A long-lived JVM with one Hadoop in it: opens file systems as told, keeps them, and reads from
 * them on threads of every kind.
 */
public final class Probe {
  private final Map<String, FileSystem> open = new ConcurrentHashMap<>();
  // Its one thread is started before any file system is: it never was inside anybody's doAs.
  private final ExecutorService early = Executors.newSingleThreadExecutor(Probe::daemon);

  private Probe() throws Exception {
    early.submit(() -> {}).get();
  }

  /** Converses until the input ends. */
  public static void main(String[] arguments) throws Exception {
    Probe probe = new Probe();
    Conversation.hold(probe::handle);
    // S3A's pools have threads that would hold up the end.
    Runtime.getRuntime().halt(0);
  }

  private Message handle(Message command) throws Exception {
    switch (command.get("do")) {
      case "login":
        UserGroupInformation.loginUserFromKeytab(command.get("user"), command.get("keytab"));
        return new Message().put("name", UserGroupInformation.getLoginUser().getShortUserName());
      case "open":
        URI uri = URI.create(command.get("uri"));
        open.put(command.get("name"), Caller.run(command, () -> fileSystem(command, uri)));
        return new Message();
      case "read":
        return read(open.get(command.get("name")), command);
      case "list":
        return list(open.get(command.get("name")), command.get("path"));
      case "close":
        open.remove(command.get("name")).close();
        return new Message();
      case "storm":
        return storm(command);
      default:
        throw new IllegalArgumentException("do=" + command.get("do"));
    }
  }

  /**
   * {@code by} says how: {@code new} (not cached), {@code cached}, or {@code named} (newInstance
   * for a user).
   */
  private static FileSystem fileSystem(Message command, URI uri) throws Exception {
    Configuration conf = new Configuration();
    command.under("conf.").forEach(conf::set);
    switch (command.get("by", "new")) {
      case "new":
        return FileSystem.newInstance(uri, conf);
      case "cached":
        return FileSystem.get(uri, conf);
      case "named":
        return FileSystem.newInstance(uri, conf, command.get("user"));
      default:
        throw new IllegalArgumentException("by=" + command.get("by"));
    }
  }

  /**
   * Reads one object on each kind of thread named in {@code threads}; a field for each has the text
   * or the error.
   */
  private Message read(FileSystem fileSystem, Message command) throws Exception {
    Path path = new Path(command.get("path"));
    Message answer = new Message();
    for (String kind : command.get("threads", "own").split(",")) {
      try {
        answer.put(
            kind + ".text",
            Caller.run(command, () -> onThread(kind, () -> text(fileSystem, path))));
      } catch (Throwable error) {
        answer.putAll(kind + ".", Message.of(error));
      }
    }
    return answer;
  }

  private String onThread(String kind, Caller.Work<String> work) throws Exception {
    switch (kind) {
      case "own":
        return work.run();
      case "early":
        return finish(early.submit(work::run));
      case "fresh":
        return inNewThread(work);
      case "other":
        return Caller.as(UserGroupInformation.createRemoteUser("mallory"), work);
      case "other-fresh":
        return Caller.as(UserGroupInformation.createRemoteUser("mallory"), () -> inNewThread(work));
      default:
        throw new IllegalArgumentException("a thread of kind " + kind);
    }
  }

  private static Message list(FileSystem fileSystem, String path) throws IOException {
    Message answer = new Message();
    int number = 0;
    for (FileStatus status : fileSystem.listStatus(new Path(path))) {
      answer.put("path." + number, status.getPath());
      number++;
    }
    return answer;
  }

  /**
   * {@code count} threads start together; each opens a file system of its own, in turn for each
   * path, and reads.
   */
  private static Message storm(Message command) throws Exception {
    int count = Integer.parseInt(command.get("count"));
    String[] paths = command.get("paths").split(",");
    CyclicBarrier start = new CyclicBarrier(count);
    ExecutorService threads = Executors.newFixedThreadPool(count, Probe::daemon);
    List<Future<String>> reads = new ArrayList<>();
    for (int thread = 0; thread < count; thread++) {
      Path path = new Path(paths[thread % paths.length]);
      reads.add(
          threads.submit(
              () -> {
                start.await();
                try (FileSystem fileSystem =
                    Caller.run(command, () -> fileSystem(command, path.toUri()))) {
                  return text(fileSystem, path);
                }
              }));
    }
    Message answer = new Message();
    for (int thread = 0; thread < count; thread++) {
      try {
        answer.put("text." + thread, finish(reads.get(thread)));
      } catch (Exception error) {
        answer.putAll(thread + ".", Message.of(error));
      }
    }
    threads.shutdown();
    return answer;
  }

  private static String text(FileSystem fileSystem, Path path) throws IOException {
    try (InputStream in = fileSystem.open(path)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes.write(buffer, 0, read);
      }
      return bytes.toString("UTF-8");
    }
  }

  private static String inNewThread(Caller.Work<String> work) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor(Probe::daemon);
    try {
      return finish(thread.submit(work::run));
    } finally {
      thread.shutdown();
    }
  }

  private static String finish(Future<String> future) throws Exception {
    try {
      return future.get();
    } catch (java.util.concurrent.ExecutionException failed) {
      if (failed.getCause() instanceof Exception) {
        throw (Exception) failed.getCause();
      }
      throw failed;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    return thread;
  }
}
