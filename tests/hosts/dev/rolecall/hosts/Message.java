package dev.rolecall.hosts;

import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Map;
import java.util.TreeMap;

/**
 * One line between the tests and a host: fields and values, encoded as a web form. The JDK can read
 * and write it, so the hosts need no library that could stand in a provider's way.
 */
final class Message {
  private final Map<String, String> fields = new TreeMap<>();

  static Message parse(String line) {
    Message message = new Message();
    for (String pair : line.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        message.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return message;
  }

  /** The error with all its causes, outermost first: {@code error.0}, {@code error.1} and so on. */
  static Message of(Throwable error) {
    Message message = new Message();
    int depth = 0;
    for (Throwable cause = error; cause != null && depth < 20; cause = cause.getCause()) {
      message.put("error." + depth, cause.getClass().getName() + ": " + cause.getMessage());
      depth++;
    }
    return message;
  }

  Message put(String field, Object value) {
    fields.put(field, String.valueOf(value));
    return this;
  }

  /** Takes over all fields of another message, each with a prefix. */
  Message putAll(String prefix, Message other) {
    other.fields.forEach((field, value) -> put(prefix + field, value));
    return this;
  }

  String get(String field) {
    String value = fields.get(field);
    if (value == null) {
      throw new IllegalArgumentException("the command lacks " + field);
    }
    return value;
  }

  String get(String field, String otherwise) {
    return fields.getOrDefault(field, otherwise);
  }

  /** The fields that start with a prefix, without it. */
  Map<String, String> under(String prefix) {
    Map<String, String> found = new TreeMap<>();
    fields.forEach(
        (field, value) -> {
          if (field.startsWith(prefix)) {
            found.put(field.substring(prefix.length()), value);
          }
        });
    return found;
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    fields.forEach(
        (field, value) ->
            line.append(line.length() == 0 ? "" : "&")
                .append(encode(field))
                .append('=')
                .append(encode(value)));
    return line.toString();
  }

  private static String encode(String text) {
    try {
      return URLEncoder.encode(text, "UTF-8");
    } catch (UnsupportedEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, "UTF-8");
    } catch (UnsupportedEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
