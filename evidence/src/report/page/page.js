"use strict";
(() => {
  const steps = [...document.querySelectorAll("article.step")];
  const links = new Map(
    [...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]),
  );
  const help = document.getElementById("help");
  const status = document.querySelector("[role=status]");
  let current = -1;

  // The step of an address. Where its number is another one by now, the action decides.
  function find(address) {
    const exact = steps.findIndex((step) => step.id === address);
    if (exact >= 0) return exact;
    const action = (id) => id.replace(/^(\d+\.)?\d+-/, "");
    return steps.findIndex((step) => action(step.id) === action(address));
  }

  function show(index, { focus = false, remember = true } = {}) {
    const step = steps[index];
    if (!step) return;
    current = index;
    for (const other of steps) other.classList.toggle("current", other === step);
    for (const shown of document.querySelectorAll("main .case")) {
      shown.classList.toggle("current", shown.contains(step));
    }
    for (const [id, link] of links) {
      if (id === step.id) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    const link = links.get(step.id);
    link?.scrollIntoView({ block: "nearest" });
    if (focus) link?.focus({ preventScroll: true });
    if (remember) history.replaceState(null, "", `#${step.id}`);
    const title = step.querySelector("h3").firstChild.parentNode.textContent.replace(/ #$/, "");
    status.textContent = `${index + 1} of ${steps.length}: ${title}`;
  }

  const moves = {
    first: () => show(0, { focus: true }),
    last: () => show(steps.length - 1, { focus: true }),
    on: () => show(Math.min(current + 1, steps.length - 1), { focus: true }),
    back: () => show(Math.max(current - 1, 0), { focus: true }),
    help: () => help.showModal(),
    open: () => {
      const state = steps[current]?.querySelector("details");
      if (state) state.open = !state.open;
    },
  };
  const keys = {
    j: "on", ArrowDown: "on", ArrowRight: "on", k: "back", ArrowUp: "back", ArrowLeft: "back",
    Home: "first", End: "last", Enter: "open", "?": "help",
  };

  document.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move || help.open || event.ctrlKey || event.altKey || event.metaKey) return;
    const within = event.target.closest("a, button, summary, [tabindex]");
    const isOwn = within?.hasAttribute("aria-current");
    // What has the focus keeps the keys that it has a use for.
    if (event.key === "Enter" && within && !isOwn) return;
    if (event.key.startsWith("Arrow") && within?.hasAttribute("tabindex")) return;
    event.preventDefault();
    moves[move]();
  });
  for (const button of document.querySelectorAll("[data-go]")) {
    button.addEventListener("click", () => {
      moves[button.dataset.go]();
      if (button.dataset.go !== "help") button.focus({ preventScroll: true });
    });
  }
  window.addEventListener("hashchange", () => {
    const index = find(decodeURIComponent(location.hash.slice(1)));
    if (index >= 0) show(index);
  });

  if (steps.length > 0) document.documentElement.classList.add("js");
  const asked = find(decodeURIComponent(location.hash.slice(1)));
  // A refused event is what the page is opened for; a counterexample is read from its beginning.
  const refused = steps.findIndex((step) => step.classList.contains("refused"));
  show(asked >= 0 ? asked : Math.max(refused, 0), { remember: asked >= 0 });
})();
