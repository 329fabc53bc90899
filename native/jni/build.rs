//! Links the library so that it stays mapped when its class loader goes.

fn main() {
    // The JVM closes a library when its class loader is collected; the engine's thread may be
    // running in it at that moment.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    println!("cargo::rerun-if-changed=build.rs");
}
