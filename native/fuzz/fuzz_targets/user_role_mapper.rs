//! The reader of the User Role Mapper's mappings, to roles and to policies: it takes or refuses any
//! bytes, and what it takes is a good rules file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::foreign::{Format, import_as};
use rolecall_core::rules::read_all;

fuzz_target!(|bytes: &[u8]| {
    for format in [Format::UserRoleMapper, Format::UserRoleMapperPolicies] {
        if let Ok(imported) = import_as(format, bytes, "their.json") {
            let read_again = read_all(imported.json.as_bytes(), "rules.json");
            assert!(
                read_again.is_ok(),
                "{:?}: {}",
                read_again.err(),
                imported.json
            );
        }
    }
});
