package dev.rolecall;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * Whether an exception of ours ends the host's search for credentials, or sends it to another
 * provider and so to another identity.
 *
 * <p>Found out by what the host is configured with, never by a version: an exception is the end
 * only under S3A with our provider as the last of its list. EMRFS swallows it and falls to the
 * instance profile; S3A with another provider behind ours may go on with that one.
 */
final class HostKind {
  private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";
  private static final String PROVIDERS = "fs.s3a.aws.credentials.provider";

  private HostKind() {}

  /** Whether {@code provider}, made for {@code location}, may throw. False when in doubt. */
  static boolean endsAtAnException(String provider, URI location, Configuration conf) {
    if (location == null || location.getScheme() == null || conf == null) {
      return false;
    }
    try {
      return provider.equals(lastOf(conf.get(PROVIDERS))) && isS3a(location.getScheme(), conf);
    } catch (Throwable e) {
      // A configuration that can't be read, or no such file system: then it is not S3A that asks.
      // A service file that is no good is an Error, and constructors never throw.
      return false;
    }
  }

  /** The last name in a list as Hadoop reads it: parted by commas or line ends, blanks trimmed. */
  static String lastOf(String names) {
    if (names == null) {
      return null;
    }
    int end = names.length();
    while (end > 0 && isPartOrBlank(names.charAt(end - 1))) {
      end--;
    }
    int start = end;
    while (start > 0 && !isPart(names.charAt(start - 1))) {
      start--;
    }
    while (start < end && names.charAt(start) <= ' ') {
      start++;
    }
    return names.substring(start, end);
  }

  private static boolean isPart(char character) {
    return character == ',' || character == '\n';
  }

  private static boolean isPartOrBlank(char character) {
    return isPart(character) || character <= ' ';
  }

  /** By name and up the superclasses: S3A's classes may not be there at all. */
  private static boolean isS3a(String scheme, Configuration conf) throws IOException {
    Class<?> fileSystem = FileSystem.getFileSystemClass(scheme, conf);
    while (fileSystem != null) {
      if (S3A.equals(fileSystem.getName())) {
        return true;
      }
      fileSystem = fileSystem.getSuperclass();
    }
    return false;
  }
}
