use proptest::prelude::*;

use super::super::decisions::{Given, faults, given, imported, refusal};

const ROLE: &str = "arn:aws:iam::111122223333:role";

#[test]
fn listed_buckets_have_their_roles_and_all_others_the_base() {
    let text = format!("lake->{ROLE}/lake;arch.ive_1->arn:aws-cn:iam::444455556666:role/a/b\n");
    for (location, role) in [
        ("s3://lake/x/y", Some(format!("{ROLE}/lake"))),
        ("s3a://lake", Some(format!("{ROLE}/lake"))),
        (
            "s3://arch.ive_1/",
            Some("arn:aws-cn:iam::444455556666:role/a/b".to_owned()),
        ),
        ("s3://lake2/", None),
    ] {
        let given = given(&text, "dana", &["analysts"], location);
        match role {
            Some(role) => assert_eq!(given.role(), Some(role.as_str()), "{location}"),
            None => assert_eq!(given, Given::Base, "{location}"),
        }
    }
    assert_eq!(imported(&text).warnings, []);
    assert_eq!(
        given(&format!("b->{ROLE}/r;"), "dana", &[], "s3://b").role(),
        Some(&*format!("{ROLE}/r"))
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let text = format!(
        "a->{ROLE}/r;b-{ROLE}/r;s3://c->{ROLE}/r;d-> {ROLE}/r;e->r;a->{ROLE}/r2;${{user}}->{ROLE}/r;;f g->{ROLE}/r"
    );
    assert_eq!(
        faults(&text),
        [
            "1:37: field `[1]`: `b-arn:aws:iam::111122223333:role/r` lacks `->`; write BUCKET->arn:aws:iam::ACCOUNT:role/NAME",
            "1:72: field `[2]`: names no bucket but a path; write the bucket's name alone",
            "1:116: field `[3]`: holds a space at character 1, which no ARN may; take it out",
            "1:153: field `[4]`: `r` is no ARN; write arn:aws:iam::ACCOUNT:role/NAME",
            "1:155: field `[5]`: is for the bucket of entry 1 once more, and which of the two counts is not documented; keep one",
            "1:192: field `[6]`: holds `${`: no bucket's name holds it; take it out",
            "1:234: field `[7]`: `` lacks `->`; write BUCKET->arn:aws:iam::ACCOUNT:role/NAME",
            "1:236: field `[8]`: holds a space at character 2",
        ]
    );
    assert!(refusal("->").contains("names no bucket"));
}

proptest! {
    /// A bucket that is listed has its role, any other the job's own.
    #[test]
    fn decisions_are_those_that_emr_serverless_documents(
        buckets in prop::collection::btree_map("[ab._-]{1,3}", 0..3_usize, 1..6),
        asked in "[ab._-]{1,3}",
        key in "\\PC{0,12}",
        ends in any::<bool>(),
    ) {
        let entries: Vec<_> = buckets
            .iter()
            .map(|(bucket, role)| format!("{bucket}->{ROLE}/r{role}"))
            .collect();
        // A name that ends in `-` and the arrow: `a-->role` is the bucket `a-`.
        let text = entries.join(";") + if ends { ";" } else { "" };
        let expected = buckets.get(&asked).map(|role| format!("{ROLE}/r{role}"));
        let given = given(&text, "dana", &[], &format!("s3://{asked}/{key}"));
        prop_assert_eq!(given.role(), expected.as_deref());
        prop_assert_ne!(given, Given::Denied);
    }
}
