//! A word count by workers that are killed on the way, beside other tools for the same, in one run.
//!
//! `cargo bench --bench word_count` counts 1 GiB; `-- 64MiB` counts another amount. Every tool
//! counts the same generated text, in turn, several rounds; the median of each is reported, and
//! what the tools made of the text is compared. `huniq` counts lines in Rust
//! (`cargo install huniq`).

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Rounds over the tools.
const ROUNDS: usize = 3;

/// One way to count the words of `text` into `counts`: lines of a word, a tab and its count.
struct Tool {
    name: &'static str,
    /// What the shell runs; `straightedge` is this project's program.
    line: &'static str,
    /// The program besides the shell's own and ours that must be there.
    needs: &'static str,
}

/// The tools; the ratios are taken to the first one.
const TOOLS: [Tool; 7] = [
    Tool {
        name: "straightedge, 2 workers",
        line: "straightedge run mapreduce word_count --input text --output out --workers 2 --quiet \
               && cat out/part-* > counts",
        needs: "cat",
    },
    Tool {
        name: "straightedge, 4 workers, 3 killed",
        line: "straightedge run mapreduce word_count --input text --output out --workers 4 \
               --kill 3 --quiet && cat out/part-* > counts",
        needs: "cat",
    },
    Tool {
        name: "straightedge, sequential",
        line: "straightedge run mapreduce word_count --input text --output out --sequential \
               --quiet && cat out/part-* > counts",
        needs: "cat",
    },
    Tool {
        name: "awk",
        line: "awk '{ for (i = 1; i <= NF; i++) n[$i]++ } \
               END { for (w in n) print w \"\\t\" n[w] }' text > counts",
        needs: "awk",
    },
    Tool {
        name: "sort and uniq",
        line: "tr -s ' ' '\\n' < text | LC_ALL=C sort | uniq -c | awk '{ print $2 \"\\t\" $1 }' \
               > counts",
        needs: "sort",
    },
    Tool {
        name: "sort and uniq, 2 threads, 256 MiB",
        line: "tr -s ' ' '\\n' < text | LC_ALL=C sort --parallel=2 -S 256M | uniq -c \
               | awk '{ print $2 \"\\t\" $1 }' > counts",
        needs: "sort",
    },
    Tool {
        name: "huniq",
        line: "tr -s ' ' '\\n' < text | huniq -c | awk '{ print $2 \"\\t\" $1 }' > counts",
        needs: "huniq",
    },
];

/// What one run took, in seconds.
#[derive(Clone, Copy, Debug)]
struct Taken {
    wall: f64,
    processor: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let size = match arguments.as_slice() {
        [] => "1GiB",
        [size] => size,
        _ => return fail("one size at most, such as 64MiB"),
    };
    match compare(size) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(reason) => fail(&reason),
    }
}

fn fail(reason: &str) -> ExitCode {
    eprintln!("word_count: {reason}");
    ExitCode::FAILURE
}

/// Counts `size` of text with every tool, and says how each compares with the first.
fn compare(size: &str) -> Result<String, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let directory = directory.path();
    shell(
        directory,
        &format!(
            "straightedge run mapreduce word_count --generate {size} --input text --output out \
             --quiet && rm -r out"
        ),
    )?;
    let installed: Vec<&Tool> = TOOLS.iter().filter(|tool| is_installed(tool)).collect();
    let mut rows: Vec<(&Tool, Vec<Taken>)> =
        installed.iter().map(|tool| (*tool, Vec::new())).collect();
    let mut counts = None;
    for _ in 0..ROUNDS {
        for (tool, taken) in &mut rows {
            taken.push(time(directory, tool)?);
            let digest =
                shell(directory, "LC_ALL=C sort counts | sha1sum; rm -r counts out || true")?;
            let expected = counts.get_or_insert_with(|| digest.clone());
            if *expected != digest {
                return Err(format!("{} counts otherwise than {}", tool.name, TOOLS[0].name));
            }
        }
    }
    Ok(report(size, &rows))
}

fn report(size: &str, rows: &[(&Tool, Vec<Taken>)]) -> String {
    let mut text = format!(
        "Words of {size} of text: median of {ROUNDS} rounds; all counts agree.\n\
         {:36} {:>9} {:>8} {:>13} {:>8}\n",
        "", "seconds", "ratio", "CPU seconds", "ratio"
    );
    let of = |taken: &[Taken], part: fn(&Taken) -> f64| median(taken.iter().map(part).collect());
    let first = &rows[0].1;
    for (tool, taken) in rows {
        let (wall, processor) = (of(taken, |t| t.wall), of(taken, |t| t.processor));
        let _ = writeln!(
            text,
            "{:36} {wall:9.2} {:8.2} {processor:13.2} {:8.2}",
            tool.name,
            wall / of(first, |t| t.wall),
            processor / of(first, |t| t.processor),
        );
    }
    for tool in TOOLS.iter().filter(|tool| !is_installed(tool)) {
        let _ = writeln!(text, "{:36} not installed", tool.name);
    }
    text
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn is_installed(tool: &Tool) -> bool {
    let found = Command::new("bash").args(["-c", &format!("command -v {}", tool.needs)]).output();
    found.is_ok_and(|output| output.status.success())
}

/// Runs a tool under the shell's clock.
fn time(directory: &Path, tool: &Tool) -> Result<Taken, String> {
    let line = format!("TIMEFORMAT='%R %U %S'; time {{ {}; }} 2>&3", tool.line);
    let clock = shell(directory, &format!("{{ {line}; }} 3>&2 2>&1"))?;
    let seconds: Vec<f64> =
        clock.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match seconds[..] {
        [wall, user, system] => Ok(Taken { wall, processor: user + system }),
        _ => Err(format!("{}: the clock says `{clock}`", tool.name)),
    }
}

/// What a line of the shell prints; this project's program is on its path.
fn shell(directory: &Path, line: &str) -> Result<String, String> {
    let program = Path::new(env!("CARGO_BIN_EXE_straightedge"));
    let own = program.parent().map_or(String::new(), |folder| folder.display().to_string());
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {line}")])
        .env("PATH", format!("{own}:{path}"))
        .current_dir(directory)
        .output()
        .map_err(|error| format!("bash: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`{line}` fails: {said}"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
