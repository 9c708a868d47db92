//! One step: what it changed, what is true after it, its picture, the whole state.

use maud::{Markup, PreEscaped, html};
use straightedge_models::engine::walk::Standing;

use super::{Case, Frame, fragment};

/// A step as an article of its own.
pub(super) fn article(case: &Case, number: usize, step: usize) -> Markup {
    let Some(frame) = case.frames.get(step) else { return html! {} };
    let id = fragment(number, step, &frame.label);
    let title = format!("{id}.title");
    let is_last = step + 1 == case.frames.len();
    html! {
        article.step.repeats[case.is_in_loop(step)] id=(id) aria-labelledby=(title) {
            h3 id=(title) {
                @if step > 0 { (step) ". " }
                (frame.label) " "
                a.link href={ "#" (id) } aria-label="Link to this step" { "#" }
            }
            @if let Some(place) = &frame.place { p.place { (place) } }
            (changes(frame, step))
            @if let Some(picture) = &frame.picture {
                figure role="img" aria-label={ "The state after: " (frame.label) } {
                    (PreEscaped(inline(picture, &id)))
                }
            }
            (standings(&frame.standings))
            @if is_last { (ending(case)) }
            details.state {
                summary { "The whole state" }
                (json(&frame.state))
            }
        }
    }
}

/// A value as people read JSON.
pub(super) fn json(value: &serde_json::Value) -> Markup {
    html! { pre tabindex="0" { (format!("{value:#}")) } }
}

fn changes(frame: &Frame, step: usize) -> Markup {
    html! {
        h4 { @if step == 0 { "The state" } @else { "What changed" } }
        ul.changes { @for change in &frame.changes { li { (change) } } }
    }
}

fn ending(case: &Case) -> Markup {
    let Some(repeats) = &case.repeats else { return html! {} };
    html! {
        p.mark { @if let Some(closing) = case.closing() { "↻ " (closing) } }
        h4 { "The loop is fair" }
        ul { @for reason in &repeats.fair_because { li { (reason) } } }
    }
}

/// How a claim stands in one state: the words, and whether they are good, bad or neither.
fn told(standing: &Standing) -> (&'static str, &'static str) {
    match (standing.form, standing.is_true) {
        (_, None) => ("– not asked here", "open"),
        ("always", Some(true)) => ("✓ true", "good"),
        ("always", Some(false)) => ("✗ false", "bad"),
        // Claims about what comes some time are not broken by one state.
        (_, Some(true)) => ("✓ reached here", "good"),
        (_, Some(false)) => ("· not here", "open"),
    }
}

fn standings(standings: &[Standing]) -> Markup {
    html! {
        @if !standings.is_empty() {
            h4 { "Claims in this state" }
            div.wide tabindex="0" role="region" aria-label="Claims in this state" {
                table.claims {
                    thead { tr { th { "claim" } th { "form" } th { "here" } th { "because" } } }
                    tbody {
                        @for standing in standings {
                            @let (words, tone) = told(standing);
                            tr.(tone) {
                                th scope="row" { (standing.claim) }
                                td { (standing.form.replace('_', " ")) }
                                td.here { (words) }
                                td { (standing.because.as_deref().unwrap_or(reason(standing))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Why a claim stands as it does, where it does not say so itself.
fn reason(standing: &Standing) -> &'static str {
    match (standing.form, standing.is_true) {
        (_, None) => "its trigger is not met in this state",
        ("always", Some(true)) => "its predicate is true of this state",
        ("always", Some(false)) => "its predicate is false of this state",
        (_, Some(true)) => "its goal is met in this state",
        (_, Some(false)) => "its goal is not met in this state",
    }
}

/// A picture within the page: its own names are told from those of the other pictures.
fn inline(svg: &str, id: &str) -> String {
    svg.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
        .replace(" id=\"", &format!(" id=\"{id}."))
        .replace("url(#", &format!("url(#{id}."))
        .replace("href=\"#", &format!("href=\"#{id}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_within_a_picture_are_its_own() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><marker id=\"a\"/>\
                   <path marker-end=\"url(#a)\"/></svg>";
        let inline = inline(svg, "1-x");
        let own = "<svg><marker id=\"1-x.a\"/><path marker-end=\"url(#1-x.a)\"/></svg>";
        assert_eq!(inline, own);
    }
}
