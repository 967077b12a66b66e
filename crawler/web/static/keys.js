// Keys for the review: they press the buttons that are there without them, too.
"use strict";

const candidates = () => [...document.querySelectorAll(".candidate")];

function current() {
  const all = candidates();
  const focused = document.activeElement && document.activeElement.closest(".candidate");
  return focused || document.querySelector(".candidate.is-current") || all[0] || null;
}

function show(candidate) {
  for (const each of candidates()) each.classList.toggle("is-current", each === candidate);
  if (!candidate.hasAttribute("tabindex")) candidate.tabIndex = -1;
  candidate.focus();
  candidate.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = candidates();
  const marked = document.querySelector(".candidate.is-current");
  const next = marked ? all.indexOf(marked) + by : 0;
  if (all[next]) show(all[next]);
}

function press(key) {
  const here = key === "u" ? document : current();
  const button = here && here.querySelector(`[data-key="${key}"]`);
  if (button) button.click();
}

const first = document.querySelector(".queue .candidate");
if (first) first.classList.add("is-current");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, button, a, summary");
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing && (event.key === "Enter" || typing.matches("input, select, textarea"))) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (["s", "d", "c", "u", "Enter"].includes(event.key)) press(event.key);
  else return;
  event.preventDefault();
});
