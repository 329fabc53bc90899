package dev.rolecall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class HostTest {
  /** What the library is told, of a path as a job writes it. */
  private static String spelled(String path) {
    return Host.spelled(new Path(path).toUri());
  }

  @Test
  void theKeyIsTheOneThatTheFileSystemReads() {
    String[] keys = {
      "a b", "a%20b", "100%", "a+b", "a?b=c#d", "\u738b/\ud83d\ude00", "e\u0301", "a/../b~"
    };
    for (String key : keys) {
      Path path = new Path("s3a://lake/" + key);
      assertEquals("s3a://lake" + path.toUri().getPath(), Host.spelled(path.toUri()));
    }
    assertEquals("s3a://lake/a b", spelled("s3a://lake/a b"));
    assertEquals("s3a://lake/a%20b", spelled("s3a://lake/a%20b"));
    assertEquals("s3a://lake/a b", Host.spelled(URI.create("s3a://lake/a%20b?versionId=1")));
  }

  @Test
  void theBucketIsTheAuthorityAsItIs() {
    assertEquals("s3a://my_bucket.v1/k", spelled("s3a://my_bucket.v1/k"));
    assertEquals("s3a://u:p%2F@lake/", Host.spelled(URI.create("s3a://u:p%2F@lake/")));
    assertEquals(
        "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports/k",
        spelled("s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports/k"));
    assertEquals("s3a://lake", Host.spelled(URI.create("s3a://lake")));
    assertEquals("s3a:opaque", Host.spelled(URI.create("s3a:opaque")));
  }
}
