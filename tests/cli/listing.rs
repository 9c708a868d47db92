//! `list`.

use serde_json::Value;

use super::harness::run;
use super::lamp::lamp;

#[test]
fn everything_is_named_with_its_source_and_its_bug() {
    let done = run(lamp(), "list");
    assert_eq!(done.code, 0);
    for text in [
        "lamp\n  A lamp with one button.\n",
        "    lamp/bulb (ci)\n        Three brightnesses are all that the switch has.\n",
        "    lamp/counted (nightly)\n",
        "    stays_off (always, LAMP-4)\n        The lamp stays off.\n",
        "        The lamp stays off.\n        declared violated on bulb, counted\n",
        "    lamp/bulb@stuck_at_dim\n        a worn switch\n",
        "        breaks bright; shown by interleaving alone\n",
    ] {
        assert!(done.out.contains(text), "{text:?} is missing in\n{}", done.out);
    }
}

#[test]
fn one_system_and_one_instance_can_be_listed() {
    assert!(run(lamp(), "list lamp").out.contains("lamp/counted"));
    assert!(!run(lamp(), "list lamp/bulb").out.contains("lamp/counted"));
}

#[test]
fn the_json_list_is_versioned_and_complete() {
    let done = run(lamp(), "list --format json");
    let list: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(list["straightedge_list"], 1);
    let system = &list["systems"][0];
    assert_eq!(system["name"], "lamp");
    assert_eq!(system["instances"][1]["tier"], "nightly");
    assert_eq!(system["instances"][0]["claims"][4]["expected"], "violated");
    assert_eq!(system["mutants"].as_array().unwrap().len(), 3);
    assert_eq!(system["mutants"][0]["killed_by"], "presses_go_one_up");
}
