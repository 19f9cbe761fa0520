//! Every rule of the default packs proves itself: its examples are run, alone and with all rules.

mod support;

use dechaff::evidence;

#[test]
fn all_evidence_of_the_default_packs_holds() {
    let report = evidence::run(&support::packs(), false).expect("the packs build");
    let failures: Vec<_> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(report.rules >= 100 && report.examples >= 300, "{} rules, {} examples", report.rules, report.examples);
}

fn failures(rules: &str) -> Vec<String> {
    let pack = format!("[pack]\nid = \"p\"\ntitle = \"t\"\n\n{rules}");
    let report = evidence::run(&[("p.toml".into(), pack)], false).expect("a valid pack");
    report.failures.iter().map(ToString::to_string).collect()
}

fn rule(body: &str) -> String {
    format!("[[rule]]\nid = \"r\"\ncategory = \"share\"\nlevel = \"safe\"\ntitle = \"t\"\n{body}\n")
}

#[test]
fn evidence_that_does_not_hold_is_found_and_located() {
    let found = failures(&rule("equals = [\"Share\"]\nhit = [\"Share\", \"Tweet\"]"));
    assert_eq!(found.len(), 2, "alone and with all rules: {found:#?}");
    assert!(
        found[0].starts_with("p.toml:11:17: `r` (hit, alone): the rule does not remove it: \"Tweet\""),
        "{}",
        found[0]
    );

    let found =
        failures(&rule("starts-with = [\"Share\"]\nhit = [\"Share\"]\nspare = [\"Share prices fell on Monday.\"]"));
    assert!(found[0].contains("spare, alone") && found[0].contains("removed by p/r"), "{found:#?}");
}

#[test]
fn a_rule_that_takes_the_frame_with_it_fails() {
    let found =
        failures(&rule("contains = [\"the\"]\nwhen = { max-chars = 300 }\nhit = [\"the share\"]\nspare = [\"x\"]"));
    assert!(found.iter().any(|f| f.contains("frame")), "{found:#?}");
}

#[test]
fn a_hit_taken_by_other_rules_only_fails_alone() {
    let both = format!(
        "{}{}",
        rule("equals = [\"Share\"]\nhit = [\"Share\"]"),
        rule("equals = [\"Tweet\"]\nhit = [\"Share\"]").replace("\"r\"", "\"s\"")
    );
    let found = failures(&both);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("`s` (hit, alone)"), "{found:#?}");
}
