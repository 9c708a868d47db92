//! The event that no behaviour fits, and why.

use maud::{Markup, html};

use super::refused;
use super::step::json;
use crate::outcome::{Misfit, Nearest, Refused, Rejection};
use crate::prose::plain;
use crate::report::sentence;

/// A refused event as an article of its own.
pub(super) fn article(rejection: &Rejection, number: usize) -> Markup {
    let id = refused(number);
    let title = format!("{id}.title");
    html! {
        article.step.refused id=(id) aria-labelledby=(title) {
            h3 id=(title) {
                "Refused: " (rejection.at) " "
                a.link href={ "#" (id) } aria-label="Link to this event" { "#" }
            }
            p { (sentence::prefix(rejection)) }
            h4 { "The event as it was written" }
            pre.refused tabindex="0" { (rejection.event.to_string()) }
            (misfits(&rejection.misfits))
            (guards(&rejection.refused))
            @if let Some(nearest) = &rejection.nearest { (nearest_event(nearest)) }
            (possible(rejection))
        }
    }
}

fn misfits(misfits: &[Misfit]) -> Markup {
    html! {
        @if !misfits.is_empty() {
            h4 { "Possible here, but the state after it is not what was seen" }
            div.wide tabindex="0" role="region" aria-label="Expected and observed" {
                table.misfits {
                    thead {
                        tr { th { "action" } th { "where" } th { "expected" } th { "observed" } }
                    }
                    tbody {
                        @for misfit in misfits {
                            @for (index, found) in misfit.differences.iter().enumerate() {
                                tr {
                                    @if index == 0 {
                                        th scope="row" rowspan=(misfit.differences.len()) {
                                            (misfit.action)
                                        }
                                    }
                                    td { (sentence::path(found)) }
                                    td.expected { (value(found.expected.as_ref())) }
                                    td.observed { (value(found.observed.as_ref())) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn value(value: Option<&serde_json::Value>) -> String {
    value
        .map_or_else(|| "nothing".to_owned(), |value| sentence::clip(&plain(value), sentence::ROOM))
}

fn guards(refused: &[Refused]) -> Markup {
    html! {
        @if !refused.is_empty() {
            h4 { "Not possible here, because of what the protocol asks for first" }
            div.wide tabindex="0" role="region" aria-label="Guards that refused" {
                table.guards {
                    thead { tr { th { "action" } th { "needs" } th { "read" } } }
                    tbody {
                        @for Refused { action, guard, read } in refused {
                            tr { th scope="row" { (action) } td { (guard) } td { (read) } }
                        }
                    }
                }
            }
        }
    }
}

fn nearest_event(nearest: &Nearest) -> Markup {
    html! {
        h4 { "The nearest event that would be accepted" }
        p { code { (nearest.action) } ", different in " (sentence::ways(nearest.distance)) "." }
        pre tabindex="0" { (nearest.json.to_string()) }
        details { summary { "The state after it" } (json(&nearest.state)) }
    }
}

fn possible(rejection: &Rejection) -> Markup {
    html! {
        @if !rejection.possible.is_empty() {
            h4 { "What was possible just before" }
            @for (index, state) in rejection.possible.iter().enumerate() {
                details { summary { "State " (index + 1) } (json(state)) }
            }
        }
    }
}
