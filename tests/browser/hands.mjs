// What a task costs whoever does it: clicks (links, buttons, choices, going to a field) and keys (letters, too). A task
// begins at home and goes on by what the page shows: whoever opens an address by themselves is not counted but refused.

const letters = (text) => [...String(text ?? "")].length;
const COST = {
  click: () => [1, 0],
  check: () => [1, 0],
  selectOption: () => [1, 0],
  setInputFiles: () => [1, 0],
  fill: (text) => [1, letters(text)],
  press: () => [0, 1],
  type: (text) => [0, letters(text)],
};

/// The page, or a part of it, whose use is counted.
export function counted(target, cost) {
  return new Proxy(target, {
    get(on, name) {
      const value = on[name];
      if (name === "keyboard") return counted(value, cost);
      if (typeof value !== "function") return value;
      return (...given) => {
        if (name === "goto") throw new Error(`the page leads nowhere to ${given[0]}`);
        // Of a page the first argument says where, of a part of it nothing does.
        const words = name === "fill" && typeof on.goto === "function" ? given.slice(1) : given;
        const [clicks, keys] = COST[name]?.(...words) ?? [0, 0];
        cost.clicks += clicks;
        cost.keys += keys;
        const result = value.apply(on, given);
        return typeof result?.click === "function" ? counted(result, cost) : result;
      };
    },
  });
}

/// The tasks that cost more than a table says, or do not stand in it.
export function dearer(costs, text) {
  const rows = new Map(text.split("\n").map((line) => line.split("|").map((cell) => cell.trim())).map(([, task, ...cells]) => [task, cells]));
  const bound = ({ task, language }) => (rows.get(task)?.[language === "fr" ? 0 : 1] ?? "0 · 0").split(" · ").map(Number);
  return costs.filter((cost) => {
    const [clicks, keys] = bound(cost);
    return cost.clicks > clicks || cost.keys > keys;
  });
}

/// What all tasks cost, as a table.
export function table(costs) {
  const titles = [...new Set(costs.map(({ task }) => task))];
  const cell = (task, language) => {
    const found = costs.find((cost) => cost.task === task && cost.language === language);
    return found ? `${found.clicks} · ${found.keys}` : "–";
  };
  const lines = titles.map((task) => `| ${task} | ${cell(task, "fr")} | ${cell(task, "en")} |`);
  return [
    "# What a task costs",
    "",
    "Clicks and keys of whole tasks, from the home view to their end, by nothing but what the page shows. A click is a link, a",
    "button, a choice or going to a field; a key is a key, letters of names and texts among them. Counted while",
    "`tests/browser/page.test.mjs` does the tasks in Chromium; it fails when a task costs more than stands here, and",
    "`UPDATE_DOCS=1 node --test tests/browser/page.test.mjs` writes the table anew.",
    "",
    "| task | in French: clicks · keys | in English: clicks · keys |",
    "|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}
