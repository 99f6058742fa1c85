// A hub of its own for a test: the program, an empty database, a first account, and what schemes sent.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const NAME = "awa.traore";
export const PASSWORD = "three goats cross the bridge";
const CHROMIUM = process.env.DANKUN_CHROMIUM ?? "/usr/bin/chromium";

/// Starts `program` with `words`, on a database of its own unless one is named, and waits for what it says: its address,
/// its key, the first account's link.
export async function start(program, words, named) {
  const folder = mkdtempSync(join(tmpdir(), "dankun-browser."));
  const database = named ?? `sqlite:${join(folder, "hub.db")}`;
  const said = {};
  const hub = spawn(program, ["--lang", "en", ...words, "--database", database, "--listen", "127.0.0.1:0"], {
    env: { ...process.env, RUST_LOG: "warn,dankun::operations::link=info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // What it logs is passed on, but for the line that says that people can be looked for.
  const filled = new Promise((done) => {
    createInterface({ input: hub.stderr }).on("line", (line) => {
      if (line.includes("filled the identity index")) done();
      else process.stderr.write(`${line}\n`);
    });
  });
  const stop = async () => {
    const ended = new Promise((done) => hub.once("exit", done));
    hub.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  await new Promise((ready, failed) => {
    hub.once("exit", (code) => failed(new Error(`the hub ended with ${code}`)));
    createInterface({ input: hub.stdout }).on("line", (line) => {
      said.key ??= line.match(/dk_\S+/)?.[0];
      said.address ??= line.match(/listens on (http:\S+)/)?.[1];
      said.link ??= line.match(/http:\S+\/ui\/welcome\/\S+/)?.[0];
      if (said.address) ready();
    });
  });
  return { ...said, stop, filled };
}

/// Sends a file of a scheme, and says which sending it became.
export async function send(hub, scheme, type, body) {
  const answer = await fetch(`${hub.address}/v1/schemes/${scheme}/records?wait=linked`, {
    method: "POST",
    headers: { authorization: `Bearer ${hub.key}`, "content-type": type },
    body,
  });
  if (!answer.ok) throw new Error(`${scheme}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).batch;
}

export function browse() {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/// Makes the first account with the link that the hub printed.
export async function welcome(page, hub) {
  await page.goto(hub.link);
  await page.fill("#name", NAME);
  await page.fill("#password", PASSWORD);
  await page.fill("#again", PASSWORD);
  await page.click("button.first");
}

export async function signIn(page, hub) {
  await page.goto(`${hub.address}/ui/sign-in`);
  await page.fill("#name", NAME);
  await page.fill("#password", PASSWORD);
  await page.click("button.first");
}

/// Every view: those with a fixed address, and the first of those that a list leads to.
export async function views(page, hub) {
  const found = [
    "/ui", "/ui/batches", "/ui/records", "/ui/send", "/ui/refusals", "/ui/corrections", "/ui/reviews", "/ui/reviews/alike",
    "/ui/decisions", "/ui/conflicts", "/ui/people", "/ui/ask", "/ui/figures?on=2026-01-02", "/ui/quality", "/ui/schemes",
    "/ui/replays",
    "/ui/mappings", "/ui/mappings/mapping/ml-utm", "/ui/mappings/codes/ml-regions",
    "/ui/mappings/mapping/ml-utm/edit", "/ui/mappings/codes/ml-regions/rows", "/ui/mappings/mapping/ml-utm/rows", "/ui/mappings/new", "/ui/mappings/blank",
    "/ui/mappings/agreement/ml-sn/edit", "/ui/look-through",
    "/ui/deliveries", "/ui/keys", "/ui/accounts", "/ui/audit", "/ui/account", "/ui/account/second-factor",
    "/ui/nowhere",
  ];
  const first = async (list, start) => {
    await page.goto(hub.address + list);
    const link = page.locator(`main a[href^="${start}"]`).first();
    if ((await link.count()) === 0) throw new Error(`no ${start} in ${list}`);
    const path = await link.getAttribute("href");
    found.push(path);
    return path;
  };
  await first("/ui/refusals", "/ui/refusals/qua_");
  const batch = await first("/ui/batches", "/ui/batches/bat_");
  await first("/ui/records", "/ui/records/rec_");
  await first("/ui/accounts", "/ui/accounts/acc_");
  const review = await first("/ui/reviews", "/ui/reviews/rev_");
  await first(review, "/ui/people/per_");
  return { found, batch };
}
