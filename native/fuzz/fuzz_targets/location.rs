//! The reader of URIs: whatever it takes, it never shows user info, and it reads its own text again as
//! the same place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::route::Location;

fuzz_target!(|uri: &str| {
    let Ok(location) = Location::parse(uri) else {
        return;
    };
    let shown = location.to_string();
    let (authority, key) = uri.split_once("://").map_or(("", ""), |(_, rest)| {
        rest.split_once('/').unwrap_or((rest, ""))
    });
    if let Some((user_info, bucket)) = authority.rsplit_once('@') {
        // Short ones may stand elsewhere in the text by chance.
        let elsewhere = key.contains(user_info) || bucket.contains(user_info);
        assert!(
            user_info.len() < 12 || elsewhere || !shown.contains(user_info),
            "{shown}"
        );
    }
    // What can't be seen is written out, and reads as what was written.
    if !shown.contains('\\') {
        let bucket = location.bucket_only();
        assert_eq!(Location::parse(&bucket.to_string()), Ok(bucket));
        assert_eq!(Location::parse(&shown), Ok(location), "{shown}");
    }
});
