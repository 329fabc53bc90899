//! The time of a decision, by the number of rules.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rolecall_core::route::route;
use rolecall_core::rules;
use rolecall_measure::{requests, rules_file};

/// More than a processor's nearest cache holds.
const REQUESTS: usize = 10_000;

fn routing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("routing");
    for count in [10, 1_000, 100_000] {
        let (Ok(rules), Ok(requests)) = (
            rules::read(rules_file(count).as_bytes(), "rules"),
            requests(count, REQUESTS),
        ) else {
            continue;
        };
        let mut next = requests.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| next.next().map(|request| route(&rules, request)));
        });
    }
    group.finish();
}

criterion_group!(benches, routing);
criterion_main!(benches);
