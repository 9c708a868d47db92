//! The figures in the README are those of the snapshots.

#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn every_row_of_the_result_table_is_in_its_snapshot() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let is_row = |line: &&str| line.starts_with("| `") && line.matches('|').count() == 5;
    let rows: Vec<&str> = readme.lines().filter(is_row).collect();
    assert!(rows.len() >= 5, "the result table has rows");
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let &[_, instance, states, transitions, depth, _] = &cells[..] else {
            panic!("not a row of four cells: {row}")
        };
        let path = root.join(format!("snapshots/{instance}.snap"));
        let snapshot = std::fs::read_to_string(&path).unwrap();
        let line = format!("\n{states} states, {transitions} transitions, depth {depth},");
        assert!(snapshot.contains(&line), "{instance}: its snapshot does not say {line}");
    }
}
