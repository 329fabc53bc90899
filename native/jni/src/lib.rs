//! `librolecall.so`: the core behind a packed boundary for the JVM.
