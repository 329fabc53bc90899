//! The reader of Trino's security mapping: it takes or refuses any bytes, and what it takes is a good rules file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::foreign::{Format, import_as};
use rolecall_core::rules::read_all;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(imported) = import_as(Format::Trino, bytes, "their.json") {
        let read_again = read_all(imported.json.as_bytes(), "rules.json");
        assert!(
            read_again.is_ok(),
            "{:?}: {}",
            read_again.err(),
            imported.json
        );
    }
});
