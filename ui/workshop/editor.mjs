// The editor of the workshop: a textarea becomes CodeMirror, with problems, completion and explanations from the hub.
// Everything is asked of the hub itself: this file knows no mapping language, only places in a text.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const form = document.getElementById("editor");
const area = form.elements.text;
const sample = form.elements.sample;
const results = document.getElementById("results");
const status = document.getElementById("status");
const words = JSON.parse(form.dataset.words);
/// Milliseconds without a key after which the hub is asked: shorter than it takes to look up from the keyboard.
const PAUSE = 350;

/// Asks the hub, as the form would: with its token, about its text.
async function ask(path, fields) {
  const body = new URLSearchParams({ form: form.elements.form.value, ...fields });
  const answer = await fetch(`${form.dataset.path}/${path}`, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.json();
}

// ---- problems and results ----

let asked = 0;
let waiting;
let problems = [];
let lookedAt;

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
}

async function look() {
  const number = ++asked;
  const text = view.state.doc.toString();
  status.textContent = words.checking;
  try {
    const source = form.elements.source?.value ?? "";
    const found = await ask("look", { text, source, sample: sample?.value ?? "" });
    // What was typed meanwhile is asked again.
    if (number !== asked || text !== view.state.doc.toString()) return;
    show(found.problems);
    results.innerHTML = found.html;
    status.textContent = found.said;
  } catch {
    if (number === asked) status.textContent = words.failed;
  }
}

function show(found) {
  [problems, lookedAt] = [found, view.state.doc];
  view.dispatch(setDiagnostics(view.state, problems.map(diagnostic)));
}

function diagnostic(problem) {
  const end = view.state.doc.length;
  const from = Math.min(problem.from, end);
  const to = Math.min(Math.max(problem.to, from), end);
  return {
    from,
    to,
    severity: problem.severity,
    source: problem.code,
    message: problem.message,
    actions: problem.fixes.map((fix) => ({ name: fix.title, apply: (view) => mend(view, fix.edits) })),
  };
}

function mend(view, edits) {
  view.dispatch({ changes: edits, userEvent: "input.fix" });
  view.focus();
}

// ---- help ----

const KINDS = { key: "keyword", verb: "function", target: "property", source: "variable", name: "variable", table: "namespace", code: "enum", function: "function" };

async function complete(context) {
  if (!context.explicit && !context.matchBefore(/[\w.[\]@#°'"{:\- ]$/u)) return null;
  try {
    const { proposals } = await ask("help", { text: context.state.doc.toString(), at: context.pos, what: "complete" });
    if (context.aborted || proposals.length === 0) return null;
    const from = proposals[0].from;
    const same = proposals.filter((one) => one.from === from);
    const options = same.map((one, at) => ({
      label: one.label,
      detail: one.detail,
      type: KINDS[one.kind],
      boost: 99 - at,
      info: one.meaning ? () => rich(one.meaning) : undefined,
      apply: (view) => view.dispatch({
        changes: { from: one.from, to: Math.max(one.to, view.state.selection.main.head), insert: one.insert },
        selection: { anchor: one.from + one.insert.length },
        userEvent: "input.complete",
      }),
    }));
    return { from, options, validFor: /^[\p{L}\p{N}_.[\]@#°-]*$/u };
  } catch {
    return null;
  }
}

const explain = hoverTooltip(async (view, at) => {
  try {
    const { hover } = await ask("help", { text: view.state.doc.toString(), at, what: "hover" });
    if (!hover) return null;
    return { pos: hover.from, end: hover.to, above: true, create: () => ({ dom: rich(hover.text) }) };
  } catch {
    return null;
  }
}, { hoverTime: 400 });

/// The little Markdown that the hub writes: paragraphs, fenced examples, code and bold. Text stays text.
function rich(markdown) {
  const box = document.createElement("div");
  box.className = "said-more";
  for (const part of markdown.split(/\n\n+/)) {
    const fence = part.match(/^```\w*\n([\s\S]*?)\n?```$/);
    const block = box.appendChild(document.createElement(fence ? "pre" : "p"));
    if (fence) {
      block.textContent = fence[1];
      continue;
    }
    for (const piece of part.split(/(\*\*.+?\*\*|`[^`]+`)/)) {
      const bold = piece.startsWith("**") && piece.length > 4;
      const code = piece.startsWith("`") && piece.length > 2;
      const node = bold ? document.createElement("strong") : code ? document.createElement("code") : null;
      if (node) node.textContent = bold ? piece.slice(2, -2) : piece.slice(1, -1);
      block.append(node ?? piece);
    }
  }
  return box;
}

// ---- the editor ----

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.keyword, tags.meta, tags.labelName], color: "var(--warn)" },
]);

const appearance = EditorView.theme({
  "&": { backgroundColor: "var(--sheet)", color: "var(--ink)", fontSize: ".9rem", height: "100%" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", lineHeight: "1.5" },
  ".cm-gutters": { backgroundColor: "var(--sunk)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 45%, transparent)" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--chart-soft)" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: ".4rem", maxWidth: "34rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "inherit", opacity: ".75", fontStyle: "normal" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", borderRadius: ".3rem" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--sunk)", color: "var(--ink)" },
});

const label = document.querySelector(`label[for="${area.id}"]`);
const view = new EditorView({
  state: EditorState.create({
    doc: area.value,
    extensions: [
      lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), history(), drawSelection(), indentOnInput(), bracketMatching(),
      closeBrackets(), search({ top: true }), lintGutter(), indentUnit.of("  "), EditorState.tabSize.of(2),
      StreamLanguage.define(yaml), syntaxHighlighting(colours), appearance, EditorView.cspNonce.of(form.dataset.nonce), EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-labelledby": label.id, spellcheck: "false", tabindex: "0" }),
      EditorState.phrases.of(words.editor),
      autocompletion({ override: [complete], activateOnTypingDelay: 200 }), explain,
      // Tab stays with the browser, so that who works by keyboard gets out; it takes a proposal only while some are open.
      keymap.of([{ key: "Tab", run: acceptCompletion }, { key: "Mod-s", run: save, preventDefault: true }, ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        changed = true;
        soon();
      }),
    ],
  }),
});

let changed = form.dataset.changed === "yes";

function save() {
  form.querySelector('button[value="save"]').click();
  return true;
}

area.hidden = true;
area.after(view.dom);
form.classList.add("live");
label.addEventListener("click", () => view.focus());
form.addEventListener("submit", () => {
  area.value = view.state.doc.toString();
  changed = false;
});
addEventListener("beforeunload", (event) => changed && event.preventDefault());

// A correction or a line in the list of problems acts in the editor at once.
document.addEventListener("click", (event) => {
  const where = event.target.closest("[data-line]");
  if (where) {
    event.preventDefault();
    const line = view.state.doc.line(Math.min(Number(where.dataset.line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
    view.focus();
  }
  const fix = event.target.closest('button[name="fix"]');
  if (fix) {
    const [at, number] = fix.value.split(".").map(Number);
    const edits = problems[at]?.fixes[number]?.edits;
    // Places hold for the text that was looked at: in any other one the hub makes the correction.
    if (edits && lookedAt === view.state.doc) {
      event.preventDefault();
      mend(view, edits);
    }
  }
});

// ---- the sample ----

/// The field for a sample of one's own is there only while it is wanted.
function ownSample() {
  form.querySelector(".own-sample")?.toggleAttribute("hidden", form.elements.source.value !== "own");
}
ownSample();
form.addEventListener("change", (event) => {
  if (event.target.name !== "source") return;
  ownSample();
  look();
});
sample?.addEventListener("input", soon);
document.getElementById("sample-file")?.addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  // More is not tried anyway; a line that is cut is left out.
  const bytes = await file.slice(0, 60_000).arrayBuffer();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder("windows-1252").decode(bytes);
  }
  sample.value = file.size > 60_000 ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
  look();
});

// The page came with what was found in the text.
show(JSON.parse(form.dataset.problems));
