// How heavy each view is and how long the hub takes for it: bytes as they come over the line when a view is the first that a
// browser opens, and the middle of nine times. What the editor asks while somebody types is timed, too. Over 150 kB or
// 100 ms the command fails.
//
// node tests/browser/weight.mjs PROGRAM [DATABASE]: on the data of the demonstration, or on a database that holds records
// and no accounts yet.

import { NAME, PASSWORD, start } from "./hub.mjs";

const MOST_BYTES = 150_000;
const MOST_MILLIS = 100;
const TIMES = 9;

const [, , program, database] = process.argv;
const hub = await start(program, [database ? "serve" : "demo"], database);
const shown = new Map();

/// One request as a browser sends it: what came, its size on the line, and how long it took.
async function ask(path, form) {
  const began = performance.now();
  const answer = await fetch(hub.address + path, {
    redirect: "manual",
    method: form ? "POST" : "GET",
    body: form && new URLSearchParams(form).toString(),
    headers: {
      cookie: [...shown].map(([name, value]) => `${name}=${value}`).join("; "),
      "accept-encoding": "gzip",
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
    },
  });
  const html = await answer.text();
  const millis = performance.now() - began;
  for (const given of answer.headers.getSetCookie()) {
    const [name, value] = given.split(";")[0].split("=");
    shown.set(name, value);
  }
  return { html, millis, status: answer.status, bytes: Number(answer.headers.get("content-length") ?? html.length) };
}

/// Sends the form that a page shows.
async function submit(page, action, fields) {
  const token = (await ask(page)).html.match(/name="form" value="([^"]+)"/)[1];
  return ask(action, { form: token, ...fields });
}

/// The first address in a view that begins so.
async function first(list, begin) {
  const found = (await ask(list)).html.match(new RegExp(`href="(${begin}[^"?]+)"`));
  return found?.[1];
}

// Views that look for people wait for the index, once, when the hub has started.
if (database) await hub.filled;

const welcome = new URL(hub.link).pathname;
await submit(welcome, welcome, { name: NAME, password: PASSWORD, again: PASSWORD });
await submit("/ui/sign-in", "/ui/sign-in", { name: NAME, password: PASSWORD });

const views = [
  "/ui", "/ui/batches", "/ui/records", "/ui/records?scheme=ci-cnam", "/ui/send", "/ui/refusals", "/ui/corrections", "/ui/reviews", "/ui/reviews/alike", "/ui/decisions",
  "/ui/conflicts", "/ui/people", "/ui/ask", "/ui/figures", "/ui/quality", "/ui/schemes", "/ui/mappings", "/ui/mappings/new", "/ui/mappings/mapping/ml-utm/edit", "/ui/mappings/mapping/ml-utm/rows",
  "/ui/mappings/codes/ml-regions/rows", "/ui/replays",
  "/ui/deliveries", "/ui/keys", "/ui/accounts", "/ui/audit", "/ui/account", "/ui/account/second-factor",
  await first("/ui/mappings", "/ui/mappings/mapping/"),
  await first("/ui/batches", "/ui/batches/bat_"),
  await first("/ui/refusals", "/ui/refusals/qua_"),
  await first("/ui/accounts", "/ui/accounts/acc_"),
  await first("/ui/records", "/ui/records/rec_"),
];
const review = await first("/ui/reviews", "/ui/reviews/rev_");
if (review) views.push(review, await first(review, "/ui/people/per_"));

/// What forms ask without changing anything: the view that shows the form, its address, its fields.
const EDITOR = "/ui/mappings/mapping/ml-utm";
const forms = [
  ["/ui/people", "/ui/people", { system: "ml-nina", number: "10000000000007A" }],
  ["/ui/people", "/ui/people", { family: "Traoré", given: "Awa", born: "1985", sex: "female" }],
];
for (const [question, source] of [["look", "none"], ["look", "received"], ["help", "none"]]) {
  const { html } = await ask(`${EDITOR}/edit`);
  const text = html.match(/<textarea id="text"[^>]*>\n?([^]*?)<\/textarea>/)[1];
  const plain = text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  forms.push([`${EDITOR}/edit`, `${EDITOR}/${question}`, { text: plain, source, at: "200" }]);
}

const assets = new Map();
let failed = 0;
console.log(`${"view".padEnd(44)}${"kB first".padStart(10)}${"kB again".padStart(10)}${"ms".padStart(8)}`);
/// Asks several times, tells the middle time and what a first view weighs with its assets.
async function weigh(name, asked) {
  const answers = [];
  for (let time = 0; time < TIMES; time += 1) answers.push(await asked());
  const { html, bytes, status } = answers[0];
  const millis = answers.map((one) => one.millis).sort((one, other) => one - other)[TIMES >> 1];
  let whole = bytes;
  for (const [, asset] of html.matchAll(/(?:href|src)="(\/ui\/assets\/[^"]+)"/g)) {
    if (!assets.has(asset)) assets.set(asset, (await ask(asset)).bytes);
    whole += assets.get(asset);
  }
  const bad = status !== 200 || whole > MOST_BYTES || millis > MOST_MILLIS;
  failed += bad;
  const kilo = (count) => (count / 1000).toFixed(1).padStart(10);
  console.log(`${name.padEnd(44)}${kilo(whole)}${kilo(bytes)}${millis.toFixed(1).padStart(8)}${bad ? `  ! ${status}` : ""}`);
}

for (const path of views.filter(Boolean)) await weigh(path.replace(/_[0-9a-f]{32}/, "_…"), () => ask(path));
for (const [page, action, fields] of forms) {
  const form = (await ask(page)).html.match(/name="form" value="([^"]+)"/)[1];
  await weigh(`${action} ${fields.number ? "by number" : (fields.source ?? "by name")}`, () => ask(action, { form, ...fields }));
}
await hub.stop();
if (failed) {
  console.error(`${failed} views are not there, or over ${MOST_BYTES / 1000} kB or ${MOST_MILLIS} ms`);
  process.exitCode = 1;
}
