package dev.rolecall;

/** The version of this jar, which must be the native library's too. */
public final class Version {
  /** Three numbers with dots between them. */
  public static final String TEXT = "0.1.0";

  private Version() {}
}
