package org.apache.hadoop.fs.s3a;

import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Stands in for S3A's class, which is recognised by this name; the real one needs the AWS SDK to
 * link. Tests with real file systems are in {@code tests/}.
 */
public class S3AFileSystem extends RawLocalFileSystem {}
