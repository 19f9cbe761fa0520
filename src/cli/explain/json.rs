//! `--json`: the whole explanation, for programs.

use dechaff::explain::{Candidate, Judged, Remedy, Role};
use dechaff::{RuleId, Verdict};
use serde_json::{Value, json};

use super::Report;

pub fn render(report: &Report<'_>) -> String {
    let explanation = report.explanation;
    let id = |rule: &RuleId| report.names.rule(*rule).id.clone();
    let ids = |rules: &[RuleId]| rules.iter().map(id).collect::<Vec<_>>();
    let remedy = |remedy: &Remedy| match remedy {
        Remedy::Level(level, rules) => json!({ "level": level.as_str(), "rules": ids(rules) }),
        Remedy::Rule(rule) => json!({ "rule": id(rule) }),
    };
    let shown = explanation.candidates.iter().filter(|candidate| report.all || candidate.near);
    let value = json!({
        "file": report.file,
        "line": report.line,
        "text": report.text,
        "verdict": verdict(explanation.verdict),
        "judged": match explanation.judged {
            Judged::Text => "text",
            Judged::Blank => "blank",
            Judged::Code => "code",
        },
        "lines": [explanation.lines.start + 1, explanation.lines.end],
        "wrapped": explanation.wrapped,
        "view": explanation.view,
        "rules": ids(&explanation.claims),
        "candidates": shown.map(|candidate| self::candidate(report, candidate)).collect::<Vec<_>>(),
        "remedies": explanation.remedies.iter().map(remedy).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "keep",
        Verdict::Blank => "blank",
        Verdict::Removed => "remove",
        Verdict::Cut => "cut",
    }
}

fn candidate(report: &Report<'_>, candidate: &Candidate) -> Value {
    let rule = report.names.rule(candidate.rule);
    let gates = candidate
        .gates
        .iter()
        .map(|gate| json!({ "key": gate.key, "passed": gate.passed, "asks": gate.asks, "found": gate.found }));
    json!({
        "rule": rule.id,
        "category": rule.category.as_str(),
        "level": rule.level.as_str(),
        "near": candidate.near,
        "passed": candidate.passed(),
        "keeps": candidate.keeps,
        "opener": match candidate.role {
            Role::Itself => None,
            Role::Below(line) => Some(line + 1),
        },
        "gates": gates.collect::<Vec<_>>(),
    })
}
