package dev.rolecall;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;

/** Rules on the class path, which the native library can't see. */
final class RulesResource {
  /** In bytes. Larger rules belong in a file or on S3: these cross for each file system. */
  static final int LARGEST = 16 * 1024 * 1024;

  private RulesResource() {}

  /**
   * The text of a resource, found as Hadoop finds its own or else by the thread's class loader.
   *
   * @param conf may be null
   * @return null where there is none
   * @throws IOException where it is there and can't be read, is too large or no UTF-8
   */
  static String read(String name, Configuration conf) throws IOException {
    URL url = find(name, conf);
    if (url == null) {
      return null;
    }
    URLConnection connection = url.openConnection();
    // A cache would keep the jar open, and show what it held before it was replaced.
    connection.setUseCaches(false);
    InputStream in = connection.getInputStream();
    try {
      return text(in);
    } finally {
      in.close();
    }
  }

  private static String text(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    for (int count = in.read(part); count >= 0; count = in.read(part)) {
      if (bytes.size() + count > LARGEST) {
        throw new IOException("it is larger than " + LARGEST + " bytes");
      }
      bytes.write(part, 0, count);
    }
    try {
      // A new decoder reports what is malformed, where String would replace it.
      ByteBuffer whole = ByteBuffer.wrap(bytes.toByteArray());
      return StandardCharsets.UTF_8.newDecoder().decode(whole).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8", e);
    }
  }

  private static URL find(String name, Configuration conf) {
    URL found = conf != null ? conf.getResource(name) : null;
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return found == null && context != null ? context.getResource(name) : found;
  }
}
