//! Suites as JSON lines: whole, cut to a size, and read again.

use serde_json::Value;
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::suite::{Size, read, read_header, suite};

use crate::common::{Model, brief, driven, walk};

const INSTANCE: &str = "corrected_three_nodes_one_successor";
const WHOLE: Size = Size { actions: 1_000_000, refusals: 2, places: 50_000 };

#[test]
fn a_suite_takes_every_step_and_its_lines_are_what_the_model_does() {
    let model = walk("chord", INSTANCE, None);
    let text = suite(model.as_ref(), WHOLE).to_string();
    let header = read_header("suite", &text).unwrap();
    assert!(header.is_whole && header.covered == header.transitions && header.percent >= 100.0);
    let (mut at, mut actions, mut cases) = (None, 0, 0);
    for line in text.lines().skip(1) {
        let line: Value = serde_json::from_str(line).unwrap();
        let place = at.take().unwrap_or_else(|| model.beginnings().remove(0));
        if line.get("case").is_some() {
            cases += 1;
            let place = model.beginnings().remove(0);
            assert_eq!(line["state"], model.observe(&place));
            at = Some(place);
            continue;
        }
        actions += 1;
        let mut steps = model.steps(&place, &|label| label.text == line["text"]);
        at = Some(match (line.get("step"), steps.pop()) {
            (Some(step), Some((label, next))) => {
                assert_eq!((step, &line["state"]), (&label.to_json(), &model.observe(&next)));
                next
            }
            (None, None) => place,
            (_, taken) => panic!("{line} {taken:?}"),
        });
    }
    assert_eq!((header.cases, header.actions), (cases, actions));
}

#[test]
fn a_suite_keeps_its_size_and_says_how_much_it_covers() {
    let model = walk("chord", INSTANCE, None);
    let cut = suite(model.as_ref(), Size { actions: 50, ..WHOLE }).header;
    assert!(cut.actions <= 50 && cut.covered > 0 && cut.covered < cut.transitions, "{cut:?}");
    assert!(cut.percent < 100.0 && cut.percent > 0.0);
}

#[test]
fn a_run_that_failed_is_read_again_as_it_was() {
    let name = "corrected_four_nodes_two_successors";
    let model = walk("chord", name, None);
    let mut faulty = Model::new(walk("chord", name, Some("join_tells_everyone")));
    let drive = driven(model.as_ref(), &mut faulty, &brief());
    assert!(matches!(drive.outcome, Outcome::Rejected(_)), "{:?}", drive.outcome);
    let failing = drive.failing.unwrap();
    let runs = read(model.as_ref(), "replay", &failing.file).unwrap();
    let [run] = runs.as_slice() else { panic!("{runs:?}") };
    let texts: Vec<&str> = run.labels.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(texts, failing.texts);
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_line() {
    let model = walk("chord", INSTANCE, None);
    let text = suite(model.as_ref(), Size { actions: 5, ..WHOLE }).to_string();
    let header = text.lines().next().unwrap();
    for (rest, line, why) in [
        ("nonsense", 2, "expected"),
        (r#"{"case": 1, "step": {}}"#, 2, "one of `case`, `step` and `refused`"),
        (r#"{"step": {"rectify": {"node": 0, "from": 1}}}"#, 2, "`case` was expected first"),
        ("{\"case\": 1}\n{\"step\": {\"fly\": {}}}", 3, "no action of this instance"),
    ] {
        let error = read(model.as_ref(), "file", &format!("{header}\n{rest}")).unwrap_err();
        assert!(error.at.line == line && error.why.contains(why), "{rest}: {error}");
    }
    assert!(read_header("file", "").is_err() && read_header("file", "{}").is_err());
    let newer = header.replace("\"suite\":1", "\"suite\":2");
    assert!(read_header("file", &newer).unwrap_err().why.contains("version 2"));
}
