/**
 * Rolecall's Java side without any AWS SDK: it gathers who asks and with which settings, loads the
 * native library, keeps the last answer and decides nothing but how to refuse.
 *
 * <p>Users meet {@link dev.rolecall.RolecallException}; everything else serves the two provider
 * classes, {@code dev.rolecall.sdkv1.RolecallCredentialsProvider} and {@code
 * dev.rolecall.sdkv2.RolecallCredentialsProvider}.
 */
package dev.rolecall;
