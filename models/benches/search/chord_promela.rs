//! The corrected Chord in Promela: lists of two, the closest notifier kept, failed nodes free to
//! join again. One atomic option for each action; what a node that is no member remembers is
//! wiped, so that equal networks are equal states.

/// A slot that holds nobody.
const NOBODY: u8 = 9;

/// The text for a circle of that many identifiers, of which the first three are the first ring.
pub(crate) fn promela(nodes: u8) -> String {
    let mut options = String::new();
    for node in 0..nodes {
        options.push_str(&churn(node, nodes));
        options.push_str(&repair(node, nodes));
    }
    let declarations = declarations(nodes);
    format!(
        "/* m member, a and b its list, p predecessor, c candidate, n notifier */\n\
         {declarations}\n\
         #define B(x, y, z) ((x) < (z) -> ((x) < (y) && (y) < (z)) : ((x) < (y) || (y) < (z)))\n\
         #define S(o, x) (m[o] && (B(o, x, a[o]) || B(a[o], x, b[o])))\n\
         {}\
         inline notify(x, t) {{\n  if\n  \
         :: m[x] && (n[x] == {NOBODY} || B(n[x], t, x)) -> n[x] = t\n  \
         :: else -> skip\n  fi\n}}\n\
         active proctype chord() {{\n  do\n{options}  od\n}}\n",
        principals(nodes),
    )
}

/// Who is passed over by nobody's list, and how many there are.
fn principals(nodes: u8) -> String {
    let skipped = (0..nodes).map(|owner| format!("S({owner}, x)")).collect::<Vec<_>>();
    let each = (0..nodes).map(|node| format!("P({node})")).collect::<Vec<_>>();
    format!(
        "#define P(x) (m[x] && !({}))\n#define PRINCIPALS ({})\n",
        skipped.join(" || "),
        each.join(" + ")
    )
}

/// The ideal ring of the first three, and nothing but zeros for the others.
fn declarations(nodes: u8) -> String {
    let array = |name: &str, of_member: &dyn Fn(u8) -> u8| {
        let values = (0..nodes).map(|node| if node < 3 { of_member(node) } else { 0 });
        let values = values.map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
        format!("byte {name}[{nodes}] = {{ {values} }};\n")
    };
    let after = |steps: u8| move |node: u8| (node + steps) % 3;
    [
        array("m", &|_| 1),
        array("a", &after(1)),
        array("b", &after(2)),
        array("p", &after(2)),
        array("c", &|_| NOBODY),
        array("n", &|_| NOBODY),
    ]
    .concat()
}

/// The options of joining and failing.
fn churn(node: u8, nodes: u8) -> String {
    let mut options = String::new();
    for via in (0..nodes).filter(|&via| via != node) {
        options.push_str(&format!(
            "  :: d_step {{ !m[{node}] && m[{via}] && B({via}, {node}, a[{via}]) -> m[{node}] = 1; \
             a[{node}] = a[{via}]; b[{node}] = b[{via}]; p[{node}] = {via}; c[{node}] = {NOBODY}; \
             n[{node}] = {NOBODY} }}\n"
        ));
    }
    // Another member must not list it without listing a second live one.
    let others = (0..nodes).filter(|&other| other != node);
    let relied_on = others.map(|o| {
        format!(
            "(m[{o}] && ((a[{o}] == {node} && (b[{o}] == {node} || !m[b[{o}]])) || \
             (b[{o}] == {node} && !m[a[{o}]])))"
        )
    });
    let relied_on = relied_on.collect::<Vec<_>>().join(" || ");
    options.push_str(&format!(
        "  :: d_step {{ m[{node}] && !({relied_on}) && (!P({node}) || PRINCIPALS > 3) -> \
         m[{node}] = 0; a[{node}] = 0; b[{node}] = 0; p[{node}] = 0; c[{node}] = 0; \
         n[{node}] = 0 }}\n"
    ));
    options
}

/// The options of stabilizing and rectifying.
fn repair(node: u8, nodes: u8) -> String {
    format!(
        "  :: d_step {{ m[{node}] && c[{node}] == {NOBODY} ->\n    if\n    \
         :: m[a[{node}]] ->\n      b[{node}] = a[a[{node}]];\n      if\n      \
         :: B({node}, p[a[{node}]], a[{node}]) -> c[{node}] = p[a[{node}]]\n      \
         :: else -> notify(a[{node}], {node})\n      fi\n    \
         :: else -> a[{node}] = b[{node}]; b[{node}] = (b[{node}] + 1) % {nodes};\n      \
         notify(a[{node}], {node})\n    fi }}\n  \
         :: d_step {{ m[{node}] && c[{node}] != {NOBODY} && \
         B({node}, c[{node}], a[{node}]) ->\n    if\n    \
         :: m[c[{node}]] -> a[{node}] = c[{node}]; b[{node}] = a[c[{node}]]; \
         c[{node}] = {NOBODY};\n      \
         notify(a[{node}], {node})\n    \
         :: else -> c[{node}] = {NOBODY}; notify(a[{node}], {node})\n    fi }}\n  \
         :: d_step {{ m[{node}] && n[{node}] != {NOBODY} ->\n    if\n    \
         :: B(p[{node}], n[{node}], {node}) || !m[p[{node}]] -> p[{node}] = n[{node}]\n    \
         :: else -> skip\n    fi;\n    n[{node}] = {NOBODY} }}\n"
    )
}
