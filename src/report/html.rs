//! A counterexample as one self-contained page: steps, state differences, pictures, no network.

use super::prose::Story;

/// What a page shows.
pub struct Page<'a> {
    /// `system/instance@mutant`.
    pub title: &'a str,
    /// What is claimed of what, one paragraph each.
    pub header: &'a [String],
    /// What happens.
    pub story: &'a Story,
    /// The picture of the state after that many steps, as SVG.
    pub pictures: &'a [Option<String>],
}

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; overflow-wrap: anywhere }
section { border-top: 1px solid #ccc; padding: .5rem 0 }
section.loop { border-left: 4px solid #c60; padding-left: 1rem }
h2 { font: 600 1rem ui-monospace, monospace; margin: .3rem 0 }
ul { margin: .3rem 0 }
svg { max-width: 100%; height: auto }
p.mark { color: #a40; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  body { background: #181818; color: #e4e4e4 } svg { background: #fff } p.mark { color: #fa6 }
}";

/// The page as HTML.
#[must_use]
pub fn render(page: &Page<'_>) -> String {
    let title = escape(page.title);
    let story = page.story;
    let header: String =
        page.header.iter().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    let mut body = section(page, 0, "Initially", &story.initially, false);
    for step in &story.steps {
        let in_loop = story.repeats.is_some_and(|(first, _)| step.number >= first);
        if story.repeats.is_some_and(|(first, _)| step.number == first) {
            body += &mark(&story.loop_opens());
        }
        let heading = format!("{}. {}", step.number, step.action);
        body += &section(page, step.number, &heading, &step.changes, in_loop);
    }
    if let Some(closing) = story.loop_closes() {
        body += &mark(&closing);
        body += &format!("<p>The loop is fair:</p>\n{}", list(&story.fair_because));
    }
    body += &format!("<p><strong>Why:</strong> {}</p>\n", escape(&story.because));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n{header}{body}</body>\n\
         </html>\n"
    )
}

fn section(
    page: &Page<'_>,
    number: usize,
    heading: &str,
    lines: &[String],
    in_loop: bool,
) -> String {
    let picture = page.pictures.get(number).and_then(Option::as_deref).unwrap_or_default();
    let class = if in_loop { " class=\"loop\"" } else { "" };
    let (heading, lines) = (escape(heading), list(lines));
    format!(
        "<section{class} id=\"step-{number}\">\n<h2>{heading}</h2>\n{lines}{picture}</section>\n"
    )
}

fn mark(text: &str) -> String {
    format!("<p class=\"mark\">{}</p>\n", escape(text.trim_matches(['-', ' '])))
}

fn list(lines: &[String]) -> String {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    format!("<ul>\n{items}</ul>\n")
}

/// Text that is nothing but text, in HTML content and in attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_its_steps_and_pictures_and_reaches_for_nothing() {
        let story = Story {
            initially: vec!["a: <1>".into()],
            steps: vec![super::super::prose::StoryStep {
                number: 1,
                action: "join(3)".into(),
                changes: vec!["a 1 → 2".into()],
            }],
            repeats: Some((1, 1)),
            fair_because: vec!["join: taken".into()],
            because: "it turns".into(),
        };
        let pictures = [None, Some("<svg><circle r=\"1\"/></svg>".to_owned())];
        let page =
            Page { title: "s/i@m", header: &["Claim".into()], story: &story, pictures: &pictures };
        let html = render(&page);
        assert!(html.contains("<li>a: &lt;1&gt;</li>"), "text is escaped");
        assert!(html.contains("<circle r=\"1\"/></svg></section>"), "pictures are inline");
        assert!(html.contains("class=\"loop\" id=\"step-1\""), "the loop is marked");
        assert!(!html.contains("http"), "nothing is fetched");
    }
}
