package dev.rolecall;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An STS that answers AssumeRole as AWS documents it, for any role, and remembers each call. */
public final class StubSts implements AutoCloseable {
  private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
  private static final String SECRET = "stub+secret+";
  private static final String TOKEN = "stub+token+";

  /** One AssumeRole. */
  public static final class Call {
    public final String role;
    public final String sessionName;
    public final String duration;
    public final String externalId;

    /** The access key ID that signed it. */
    public final String signer;

    /** The access key ID that was given; null for an error. */
    public final String given;

    Call(Map<String, String> form, String signer, String given) {
      this.role = form.get("RoleArn");
      this.sessionName = form.get("RoleSessionName");
      this.duration = form.get("DurationSeconds");
      this.externalId = form.get("ExternalId");
      this.signer = signer;
      this.given = given;
    }
  }

  private static final class Trouble {
    final int status;
    final String code;
    final String message;

    Trouble(int status, String code, String message) {
      this.status = status;
      this.code = code;
      this.message = message;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Call> calls = Collections.synchronizedList(new ArrayList<Call>());
  private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
  private final AtomicInteger given = new AtomicInteger();

  public StubSts() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers every AssumeRole of {@code role} with this error from now on. */
  public void refuse(String role, int status, String code, String message) {
    troubles.put(role, new Trouble(status, code, message));
  }

  /** Gives {@code role} again. */
  public void allow(String role) {
    troubles.remove(role);
  }

  /** All calls until now, refused ones too. */
  public List<Call> calls() {
    synchronized (calls) {
      return new ArrayList<>(calls);
    }
  }

  /** The role that {@code accessKeyId} was given for; null if it was not given here. */
  public String roleOf(String accessKeyId) {
    for (Call call : calls()) {
      if (accessKeyId.equals(call.given)) {
        return call.role;
      }
    }
    return null;
  }

  /** What no log may hold: a part of each secret and of each token. */
  public static List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    secrets.add(SECRET);
    secrets.add(TOKEN);
    return secrets;
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    String role = form.get("RoleArn");
    String signer = signer(exchange.getRequestHeaders().getFirst("Authorization"));
    Trouble trouble = troubles.get(role);
    if (trouble != null) {
      calls.add(new Call(form, signer, null));
      send(
          exchange,
          trouble.status,
          "<ErrorResponse xmlns=\""
              + NAMESPACE
              + "\"><Error><Type>Sender</Type><Code>"
              + trouble.code
              + "</Code><Message>"
              + trouble.message
              + "</Message></Error><RequestId>stub</RequestId></ErrorResponse>");
      return;
    }
    int number = given.incrementAndGet();
    String id = "ASIASTUB" + String.format("%012d", number);
    calls.add(new Call(form, signer, id));
    String duration = form.getOrDefault("DurationSeconds", "3600");
    Instant expires = Instant.now().plusSeconds(Long.parseLong(duration));
    send(
        exchange,
        200,
        "<AssumeRoleResponse xmlns=\""
            + NAMESPACE
            + "\"><AssumeRoleResult><Credentials><AccessKeyId>"
            + id
            + "</AccessKeyId><SecretAccessKey>"
            + SECRET
            + number
            + "</SecretAccessKey><SessionToken>"
            + TOKEN
            + number
            + "</SessionToken><Expiration>"
            + DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(expires)
            + "</Expiration></Credentials><AssumedRoleUser><Arn>"
            + role
            + "</Arn><AssumedRoleId>AROASTUB:x</AssumedRoleId></AssumedRoleUser>"
            + "</AssumeRoleResult><ResponseMetadata><RequestId>stub</RequestId>"
            + "</ResponseMetadata></AssumeRoleResponse>");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/xml");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  private static String signer(String authorization) {
    int start = authorization == null ? -1 : authorization.indexOf("Credential=");
    return start < 0
        ? null
        : authorization.substring(start + 11, authorization.indexOf('/', start + 11));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
