//! The algebra of the data path: partitions, combiners, merges, counters.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// Laws take their arguments as they are made up.
#![allow(clippy::needless_pass_by_value)]

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex};

use crate::common::{Cluster, hasty};
use quickcheck::{QuickCheck, TestResult};
use straightedge_impl::mapreduce::application::{InvertedIndex, Links, WordCount};
use straightedge_impl::mapreduce::data::{
    Application, Emit, Groups, PairReader, Ranges, Record, Scratch, Sorted, Sorter, Source, Values,
    by_hash, write_pair,
};

/// Runs kept in memory.
#[derive(Clone, Default)]
struct InMemory(Arc<Mutex<BTreeMap<u32, Vec<u8>>>>);

struct Run(InMemory, u32);

impl Write for Run {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.lock().unwrap().entry(self.1).or_default().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Scratch for InMemory {
    type Writer = Run;
    type Reader = Cursor<Vec<u8>>;

    fn create(&mut self, run: u32) -> io::Result<Run> {
        Ok(Run(self.clone(), run))
    }

    fn open(&mut self, run: u32, from: u64, length: u64) -> io::Result<Self::Reader> {
        let runs = self.0.lock().unwrap();
        let (from, to) = (from as usize, (from + length) as usize);
        Ok(Cursor::new(runs[&run][from..to].to_vec()))
    }

    fn remove(&mut self, run: u32) {
        self.0.lock().unwrap().remove(&run);
    }
}

/// The values as they are, however a key is partitioned.
struct Plain;

impl Application for Plain {
    fn map(&self, _record: Record<'_>, _out: &mut dyn Emit) {}

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        while let Some(value) = values.next() {
            out.emit(key, value);
        }
    }
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

#[derive(Default)]
struct Collected(Pairs);

impl Emit for Collected {
    fn emit(&mut self, key: &[u8], value: &[u8]) {
        self.0.push((key.to_vec(), value.to_vec()));
    }

    fn count(&mut self, _counter: &str, _times: u64) {}
}

struct Given<'a>(std::slice::Iter<'a, Vec<u8>>);

impl Values for Given<'_> {
    fn next(&mut self) -> Option<&[u8]> {
        self.0.next().map(Vec::as_slice)
    }
}

fn reduced(application: &dyn Application, values: &[Vec<u8>]) -> Pairs {
    let mut out = Collected::default();
    application.reduce(b"key", &mut Given(values.iter()), &mut out);
    out.0
}

fn combined(application: &dyn Application, values: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    application.combine(b"key", &mut Given(values.iter()), &mut |value| out.push(value.to_vec()));
    out
}

/// Reducing all values comes to the same as reducing what any two parts combine to.
fn obeys_the_law(application: &dyn Application, a: &[Vec<u8>], b: &[Vec<u8>]) -> bool {
    let whole = [a, b].concat();
    let parts = [combined(application, a), combined(application, b)].concat();
    let again = combined(application, &parts);
    let expected = reduced(application, &whole);
    reduced(application, &parts) == expected && reduced(application, &again) == expected
}

fn texts(numbers: &[u16]) -> Vec<Vec<u8>> {
    numbers.iter().map(|number| number.to_string().into_bytes()).collect()
}

/// The mean of the values, combined as if the mean of means were the mean of all.
struct Average;

fn mean(values: &mut dyn Values) -> String {
    let (mut sum, mut count) = (0_u64, 0_u64);
    while let Some(value) = values.next() {
        sum += std::str::from_utf8(value).unwrap().parse::<u64>().unwrap();
        count += 1;
    }
    sum.checked_div(count).unwrap_or_default().to_string()
}

impl Application for Average {
    fn map(&self, _record: Record<'_>, _out: &mut dyn Emit) {}

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        out.emit(key, mean(values).as_bytes());
    }

    fn combines(&self) -> bool {
        true
    }

    fn combine(&self, _key: &[u8], values: &mut dyn Values, out: &mut dyn FnMut(&[u8])) {
        out(mean(values).as_bytes());
    }
}

#[test]
fn every_combiner_obeys_the_law() {
    fn law(a: Vec<u16>, b: Vec<u16>) -> TestResult {
        // Of no values at all there is no group.
        if a.is_empty() || b.is_empty() {
            return TestResult::discard();
        }
        let (a, b) = (texts(&a), texts(&b));
        let applications: [&dyn Application; 3] = [&WordCount, &InvertedIndex, &Links];
        TestResult::from_bool(applications.iter().all(|app| obeys_the_law(*app, &a, &b)))
    }
    QuickCheck::new().tests(300).quickcheck(law as fn(Vec<u16>, Vec<u16>) -> TestResult);
}

#[test]
fn an_average_of_averages_does_not() {
    assert!(obeys_the_law(&Average, &texts(&[2]), &texts(&[4])));
    assert!(!obeys_the_law(&Average, &texts(&[0, 0, 0]), &texts(&[4])));
    // And the job shows it: combined once for each run, the mean is another.
    let pairs: Pairs = texts(&[0, 0, 40]).into_iter().map(|v| (b"k".to_vec(), v)).collect();
    let split = |bytes| {
        let all: Vec<Vec<u8>> =
            sorted(&Average, &pairs, 1, bytes, 2).remove(0).into_iter().map(|p| p.1).collect();
        reduced(&Average, &all)
    };
    assert_ne!(split(60), split(1 << 20));
}

#[test]
fn the_partition_is_total_and_stable() {
    fn law(key: Vec<u8>, reduces: u16) -> bool {
        let reduces = u32::from(reduces) + 1;
        let partition = by_hash(&key, reduces);
        partition < reduces && partition == by_hash(&key.clone(), reduces)
    }
    QuickCheck::new().tests(1000).quickcheck(law as fn(Vec<u8>, u16) -> bool);
    // Fixed for ever: outputs of one version are found where another looks for them.
    let places = ["", "a", "the", "MapReduce"].map(|key| by_hash(key.as_bytes(), 1000));
    assert_eq!(places, by_hand());
}

/// FNV-1a, by its definition, with the high half folded in.
fn by_hand() -> [u32; 4] {
    ["", "a", "the", "MapReduce"].map(|key| {
        let mut hash: u128 = 14_695_981_039_346_656_037;
        for byte in key.bytes() {
            hash = ((hash ^ u128::from(byte)) * 1_099_511_628_211) % (1 << 64);
        }
        ((hash ^ (hash >> 32)) % 1000) as u32
    })
}

#[test]
fn ranges_are_in_order_and_total() {
    fn law(sample: Vec<Vec<u8>>, a: Vec<u8>, b: Vec<u8>, count: u8) -> bool {
        let count = u32::from(count) + 1;
        let ranges = Ranges::of_sample(sample, count);
        let (low, high) = (a.clone().min(b.clone()), a.max(b));
        ranges.of(&low) <= ranges.of(&high) && ranges.of(&high) < count
    }
    QuickCheck::new().tests(1000).quickcheck(law as fn(Vec<Vec<u8>>, Vec<u8>, Vec<u8>, u8) -> bool);
}

/// The pairs by partition, as a sorter with so much memory gives them back.
fn sorted(
    application: &dyn Application,
    pairs: &Pairs,
    partitions: u32,
    bytes: usize,
    most: usize,
) -> Vec<Pairs> {
    let mut sorter = Sorter::new(application, InMemory::default(), partitions, bytes, most);
    for (key, value) in pairs {
        sorter.emit(key, value);
        sorter.check().unwrap();
    }
    let mut out = Vec::new();
    let (bounds, _) = sorter.finish(&mut out).unwrap();
    assert_eq!(bounds.len(), partitions as usize + 1);
    bounds
        .windows(2)
        .map(|bounds| {
            let mut reader = PairReader::new(&out[bounds[0] as usize..bounds[1] as usize]);
            let mut pairs = Vec::new();
            while reader.advance().unwrap() {
                pairs.push((reader.key().to_vec(), reader.value().to_vec()));
            }
            pairs
        })
        .collect()
}

#[test]
fn sorting_through_runs_is_sorting() {
    fn law(pairs: Pairs, bytes: u8, partitions: u8, most: u8) -> bool {
        let (partitions, most) = (u32::from(partitions % 5) + 1, usize::from(most % 4));
        // From one pair at a time to all at once.
        let given = sorted(&Plain, &pairs, partitions, usize::from(bytes) * 4, most);
        (0..partitions).zip(given).all(|(partition, given)| {
            let mut own: Pairs = pairs
                .iter()
                .filter(|(key, _)| by_hash(key, partitions) == partition)
                .cloned()
                .collect();
            // Values of one key stay in the order in which they came.
            own.sort_by(|a, b| a.0.cmp(&b.0));
            given == own
        })
    }
    QuickCheck::new().tests(400).quickcheck(law as fn(Pairs, u8, u8, u8) -> bool);
}

#[test]
fn merging_keeps_the_order_of_keys_and_of_runs() {
    fn law(runs: Vec<Vec<(u8, u8)>>, most: u8) -> bool {
        let memory = InMemory::default();
        let mut all = Vec::new();
        let mut lengths = Vec::new();
        for (name, mut run) in (0..).zip(runs) {
            run.sort_by_key(|pair| pair.0);
            let mut bytes = Vec::new();
            for (key, value) in run {
                write_pair(&mut bytes, &[key], &[value]).unwrap();
                all.push((key, value));
            }
            lengths.push(bytes.len() as u64);
            memory.0.lock().unwrap().insert(name, bytes);
        }
        all.sort_by_key(|pair| pair.0);
        let mut sorted = Sorted::of_runs(memory, lengths);
        sorted.narrow(usize::from(most % 6), None).unwrap();
        let mut groups = Groups::new(sorted.merged(0).unwrap());
        let mut merged = Vec::new();
        while groups.advance().unwrap() {
            let (key, mut values) = groups.group();
            while let Some(value) = values.next() {
                merged.push((key[0], value[0]));
            }
        }
        merged == all
    }
    QuickCheck::new().tests(400).quickcheck(law as fn(Vec<Vec<(u8, u8)>>, u8) -> bool);
}

#[test]
fn a_group_that_is_not_read_to_its_end_is_passed_over() {
    let mut bytes = Vec::new();
    for (key, value) in [(b"a", b"1"), (b"a", b"2"), (b"b", b"3"), (b"c", b"4"), (b"c", b"5")] {
        write_pair(&mut bytes, key, value).unwrap();
    }
    let mut groups = Groups::new(PairReader::new(bytes.as_slice()));
    let mut firsts = Vec::new();
    while groups.advance().unwrap() {
        let (key, mut values) = groups.group();
        let first = if key == b"b" { None } else { values.next().map(<[u8]>::to_vec) };
        firsts.push((key.to_vec(), first));
    }
    let expected = [("a", Some("1")), ("b", None), ("c", Some("4"))];
    let expected = expected
        .map(|(key, value)| (key.as_bytes().to_vec(), value.map(|v| v.as_bytes().to_vec())));
    assert_eq!(firsts, expected);
    // A run that is cut short is an error, and not an end.
    let cut = bytes.len() as u64 - 1;
    let mut groups = Groups::new(PairReader::new(bytes.as_slice().take(cut)));
    assert!((0..4).any(|_| groups.advance().is_err()));
}

/// Each task is counted once, however often it is begun, and however often it is reported.
#[test]
fn counters_are_counted_once() {
    fn law(maps: u8, reduces: u8, workers: u8, doubled: Vec<u8>) -> bool {
        let (maps, reduces) = (u32::from(maps % 5), u32::from(reduces % 3) + 1);
        let mut cluster = Cluster::new(hasty(maps, reduces), u16::from(workers % 4) + 1);
        for place in doubled {
            if let Some(place) = usize::from(place).checked_rem(cluster.under_way.len()) {
                cluster.under_way.push(cluster.under_way[place].clone());
                cluster.deliver(0);
            } else if !cluster.jobs.is_empty() {
                cluster.work(0);
            }
        }
        cluster.run_to_the_end(20_000).is_some()
            && cluster.master.counters().get("records") == u64::from(maps + reduces)
    }
    QuickCheck::new().tests(200).quickcheck(law as fn(u8, u8, u8, Vec<u8>) -> bool);
}
