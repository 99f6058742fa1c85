// The page in a real browser: every view in both languages and two widths, and whole tasks in both languages, by keyboard
// and, where that is promised, without a script.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import axe from "axe-core";

import { NUMBER, canam, utm } from "./files.mjs";
import { counted, dearer, table } from "./hands.mjs";
import { browse, PASSWORD, send, signIn, start, views, welcome } from "./hub.mjs";

const PROGRAM = process.env.DANKUN_PROGRAM ?? "target/debug/dankun";
/// What each task costs.
const TASKS = "docs/page/tasks.md";
const jsqr = readFileSync(createRequire(import.meta.url).resolve("jsqr"), "utf8");
let hub, browser, state;
const costs = [];

before(async () => {
  hub = await start(PROGRAM, ["serve"]);
  await send(hub, "ml-utm", "text/csv", utm(5));
  await send(hub, "ml-canam", "application/xml", canam());
  browser = await browse();
  const context = await browser.newContext({ locale: "fr-FR" });
  const page = await context.newPage();
  await welcome(page, hub);
  await signIn(page, hub);
  state = await context.storageState();
});

after(async () => {
  await browser?.close();
  if (process.env.UPDATE_DOCS) writeFileSync(TASKS, table(costs));
  else assert.deepEqual(dearer(costs, readFileSync(TASKS, "utf8")), [], `dearer than in ${TASKS}`);
  await hub?.stop();
});

/// A page of somebody who is signed in, that notes what it asks for and what the browser complains of.
async function open(options = {}) {
  const context = await browser.newContext({ storageState: state, ...options });
  const page = await context.newPage();
  const notes = [];
  page.on("console", (said) => said.type() === "error" && notes.push(said.text()));
  page.on("pageerror", (error) => notes.push(String(error)));
  page.on("request", (asked) => asked.url().startsWith(hub.address) || notes.push(`asked ${asked.url()}`));
  return { page, context, notes };
}

/// Somebody at home in the page, whose clicks and keys of a task are counted from there.
async function begin(page, language, task) {
  await page.goto(`${hub.address}/ui/language/${language}?to=/ui`);
  const cost = { task, language, clicks: 0, keys: 0 };
  costs.push(cost);
  return counted(page, cost);
}

for (const [language, width] of [["fr", 1280], ["en", 390]]) {
  test(`nothing hinders anybody in any view, in ${language} at ${width} pixels`, async () => {
    const { page, context, notes } = await open({ viewport: { width, height: 800 } });
    await page.goto(`${hub.address}/ui/language/${language}?to=/ui`);
    const { found } = await views(page, hub);
    for (const path of found) {
      await page.goto(hub.address + path);
      assert.equal(await page.getAttribute("html", "lang"), language, path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${path} is ${wide} pixels wider than the screen`);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
      assert.deepEqual(told, [], path);
    }
    assert.deepEqual(notes.filter((note) => !note.includes("404")), []);
    await context.close();
  });
}

test("in the dark every view can be read", async () => {
  const { page, context } = await open({ colorScheme: "dark" });
  for (const path of ["/ui", "/ui/batches", "/ui/refusals", "/ui/keys", "/ui/accounts"]) {
    await page.goto(hub.address + path);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["color-contrast"] }));
    assert.deepEqual(violations.map((one) => one.nodes.map((node) => node.html)), [], path);
  }
  await context.close();
});

test("the editor is what its sources make", () => {
  const folder = mkdtempSync(join(tmpdir(), "dankun-workshop."));
  const built = join(folder, "workshop.js");
  execFileSync("npm", ["run", "--silent", "build", "--", `--outfile=${built}`], { cwd: "ui/workshop", stdio: ["ignore", "ignore", "inherit"] });
  assert.ok(readFileSync(built).equals(readFileSync("ui/workshop.js")), "run `npm run build` in ui/workshop");
  rmSync(folder, { recursive: true });
});

/// What the browser was sent for a view, as it came over the wire.
async function weight(page, path) {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  client.on("Network.loadingFinished", (done) => (bytes += done.encodedDataLength));
  await page.goto(hub.address + path, { waitUntil: "networkidle" });
  return bytes;
}

test("a mapping is changed while its records are watched, with the help of the editor", async () => {
  const { page, context, notes } = await open();
  await page.goto(`${hub.address}/ui/language/en?to=/ui`);
  const bytes = await weight(page, "/ui/mappings/mapping/ml-utm/edit");
  assert.ok(bytes < 150_000, `the editor's view weighs ${bytes} bytes`);
  assert.ok((await weight(page, "/ui/mappings")) < 40_000, "the other views go without the editor");
  await page.goto(`${hub.address}/ui/mappings/mapping/ml-utm/edit`);
  await page.locator("#status", { hasText: "No problem" }).waitFor();
  await page.locator("#results .tried-record .ways").first().waitFor();

  const line = page.locator(".cm-line", { hasText: "person.names[official].family" });
  await line.click();
  await page.keyboard.press("End");
  for (let at = 0; at < 4; at++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("e, uper");
  await page.keyboard.press("Escape");
  await page.locator(".findings", { hasText: "uper" }).waitFor();
  await page.locator('.findings button[name="fix"]').first().click();
  await page.locator("#status", { hasText: "error" }).waitFor();
  await page.locator(".cm-line", { hasText: "squeez" }).first().waitFor();
  await context.close();
  assert.deepEqual(notes, []);
});

const KAYES = "matricule;nom;prenom;sexe;date_naissance;telephone\n" +
  "K-0001;TRAORE;Awa;F;1985-06-14;+22370123456\nK-0002;KEITA;Moussa;M;1979-01-02;+22370123457\nK-0003;COULIBALY;Fatoumata;F;1990-12-30;+22370123458\n";

for (const [language, scheme, scripts, say] of [
  ["fr", "ml-kayes", true, { workshop: "Atelier", begin: /nouveau régime/i, file: "Un extrait de son fichier", name: "Nom du régime", id: "Identifiant court", draft: "Préparer ses fichiers", accepted: "acceptée", save: "Enregistrer le brouillon", publish: "Publier", done: /compte dès maintenant/, sendings: "Envois", send: "Envoyer un fichier", sendIt: "Envoyer", taken: "Acceptées" }],
  ["en", "ml-segou", false, { workshop: "Workshop", begin: /new scheme/i, file: "A sample of its file", name: "Name of the scheme", id: "Short id", draft: "Draft its files", accepted: "accepted", save: "Save the draft", publish: "Publish", done: /counts from now on/, sendings: "Sendings", send: "Send a file", sendIt: "Send", taken: "Accepted" }],
]) {
  test(`a new scheme goes from a sample to its first accepted push, in ${language}${scripts ? "" : ", without a script"}`, async () => {
    const { page: bare, context, notes } = await open({ javaScriptEnabled: scripts });
    const page = await begin(bare, language, "a new scheme, from a sample of its file to its first accepted sending");
    await page.getByRole("link", { name: say.workshop, exact: true }).click();
    await page.getByRole("link", { name: say.begin }).click();
    await page.getByLabel(say.file, { exact: true }).setInputFiles({ name: "kayes.csv", mimeType: "text/csv", buffer: Buffer.from(KAYES) });
    await page.getByLabel(say.name).fill("Mutuelle");
    await page.getByLabel(say.id).fill(scheme);
    await page.getByRole("button", { name: say.draft }).click();
    await page.locator("#results").getByText("K-0001").first().waitFor();
    await page.locator("#results .tag", { hasText: say.accepted }).first().waitFor();
    await page.getByRole("button", { name: say.save }).click();
    await page.getByRole("button", { name: say.publish, exact: true }).click();
    await page.getByText(say.done).waitFor();
    await page.getByRole("link", { name: say.sendings, exact: true }).click();
    await page.getByRole("link", { name: say.send, exact: true }).click();
    await page.locator("#scheme").selectOption(scheme);
    await page.locator("#file").setInputFiles({ name: "kayes.csv", mimeType: "text/csv", buffer: Buffer.from(KAYES) });
    await page.getByRole("button", { name: say.sendIt, exact: true }).click();
    const taken = bare.locator("dl.figures div", { hasText: say.taken }).first();
    await taken.waitFor();
    assert.equal((await taken.locator("dd").innerText()).trim(), "3");
    await context.close();
    assert.deepEqual(notes, []);
  });
}

/// Family names of the last records, whichever those are by now, in capitals.
const CAPITALS = /^(SAMEKORI|KO\d+RI)$/;

/// Another account, signed in in a browser of its own.
async function colleague(page, name) {
  await page.goto(`${hub.address}/ui/accounts`);
  await page.fill("#name", name);
  await page.check('input[name="role"][value="mapper"]');
  await page.locator('form[action="/ui/accounts"] button.first').click();
  const link = await page.locator(".secret").textContent();
  const context = await browser.newContext();
  const theirs = await context.newPage();
  await theirs.goto(link.trim());
  await theirs.fill("#password", PASSWORD);
  await theirs.fill("#again", PASSWORD);
  await theirs.click("button.first");
  await theirs.goto(`${hub.address}/ui/sign-in`);
  await theirs.fill("#name", name);
  await theirs.fill("#password", PASSWORD);
  await theirs.click("button.first");
  return { page: theirs, context };
}

for (const [language, name, version, say] of [
  ["en", "ben.keita", "1.1.0", { workshop: "Workshop", edit: "Change it", save: "Save the draft", preview: "Preview on received records", back: "Back to the file", waits: /somebody else has to approve/, approve: "Approve", publish: "Publish", return: /Go back to it/, returned: /earlier version counts again/ }],
  ["fr", "coumba.sy", "1.2.0", { workshop: "Atelier", edit: "Modifier", save: "Enregistrer le brouillon", preview: "Aperçu sur les fiches reçues", back: "Retour au fichier", waits: /quelqu’un d’autre doit l’approuver/, approve: "Approuver", publish: "Publier", return: /Y revenir/, returned: /précédente est de nouveau en vigueur/ }],
]) {
  test(`a mapping is edited, previewed, approved by a second person and rolled back, in ${language}`, async () => {
    const { page: bare, context, notes } = await open();
    const other = await colleague(bare, name);
    await demandTwo();
    await other.page.goto(`${hub.address}/ui/language/${language}?to=/ui`);
    const page = await begin(bare, language, "a mapping edited, previewed, approved by a second person and rolled back");
    const theirs = counted(other.page, costs.at(-1));
    for (const one of [page, theirs]) {
      await one.getByRole("link", { name: say.workshop, exact: true }).click();
      await one.locator('main a[href="/ui/mappings/mapping/ml-utm"]').click();
    }
    await page.getByRole("link", { name: say.edit, exact: true }).click();
    await page.locator(".cm-content").waitFor();
    await page.locator(".cm-line", { hasText: /^version:/ }).click();
    await page.keyboard.press("End");
    for (let at = 0; at < 5; at++) await page.keyboard.press("Backspace");
    await page.keyboard.type(version);
    await page.locator(".cm-line", { hasText: "person.names[official].family" }).click();
    await page.keyboard.press("End");
    for (let at = 0; at < 3; at++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.type(", upper");
    await page.keyboard.press("Escape");
    await page.locator("#results").getByText(CAPITALS).first().waitFor();
    await page.getByRole("button", { name: say.save }).click();
    await page.getByText(say.waits).waitFor();
    await page.getByRole("button", { name: say.preview }).click();
    await page.getByText(CAPITALS).first().waitFor();
    await page.getByRole("link", { name: say.back }).first().click();
    assert.equal(await page.getByRole("button", { name: say.approve, exact: true }).count(), 0, "nobody approves their own text");
    // What their page shows is of before the draft: they look at it anew.
    await theirs.keyboard.press("F5");
    await other.page.reload();
    await theirs.getByRole("button", { name: say.approve, exact: true }).click();
    await theirs.getByRole("button", { name: say.publish, exact: true }).click();
    await theirs.locator("p.lead", { hasText: version }).waitFor();
    await page.keyboard.press("F5");
    await bare.reload();
    await page.locator("tr", { hasText: "1.0.0" }).getByRole("button", { name: say.return }).click();
    await page.getByText(say.returned).waitFor();
    await other.context.close();
    await context.close();
    assert.deepEqual(notes, []);
  });
}

/// Says in the scheme's own file that two people change its files, as somebody would without a script.
async function demandTwo() {
  const context = await browser.newContext({ storageState: state, javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(`${hub.address}/ui/language/en?to=/ui/mappings/scheme/ml-utm/edit`);
  const text = await plain.locator("#text").inputValue();
  if (!text.includes("two_persons")) {
    await plain.locator("#text").fill(text.replace("version: 1.0.0", "version: 1.1.0\napproval: two_persons"));
    await plain.getByRole("button", { name: "Save the draft" }).click();
    await plain.getByRole("button", { name: "Publish", exact: true }).click();
    await plain.getByText("counts from now on").waitFor();
  }
  await context.close();
}

/// What the tasks need of each language.
const WORDS = {
  fr: {
    since: 200, sendings: "Envois", reviews: "Doublons", eligibility: "Droits", correct: "Corriger et soumettre", accepted: "17 fiches sont maintenant acceptées",
    take: "Prendre la suivante", kept: "Réponse enregistrée", back: "Annuler la réponse précédente",
    undone: "La décision est annulée", ask: "Demander", covered: "couvert",
  },
  en: {
    since: 400, sendings: "Sendings", reviews: "Reviews", eligibility: "Eligibility", correct: "Correct and submit", accepted: "17 records are accepted now",
    take: "Take the next one", kept: "Answer kept", back: "Take the answer before back",
    undone: "The decision is taken back", ask: "Ask", covered: "covered",
  },
};

for (const [language, words] of Object.entries(WORDS)) {
  test(`seventeen refusals are put right at once without a script, in ${language}`, async () => {
    const { page: bare, context } = await open({ javaScriptEnabled: false });
    await send(hub, "ml-utm", "text/csv", utm(17, words.since));
    const page = await begin(bare, language, "seventeen refusals put right at once");
    await page.getByRole("link", { name: words.sendings, exact: true }).click();
    await page.locator("main tbody a").first().click();
    await page.locator(".defects a").first().click();
    await page.locator("#to-0").fill("28/02/1990");
    await page.getByRole("button", { name: words.correct }).click();
    await page.getByText(words.accepted).waitFor();
    await context.close();
  });

  test(`a review is answered by keyboard and taken back, in ${language}`, async () => {
    const { page: bare, context } = await open();
    const page = await begin(bare, language, "a review decided by keyboard, and taken back");
    await page.getByRole("link", { name: words.reviews, exact: true }).click();
    await page.getByRole("button", { name: words.take }).press("Enter");
    await page.waitForURL(/reviews\/rev_/);
    await page.keyboard.press("2");
    await page.keyboard.type("two cards were shown");
    await page.keyboard.press("Enter");
    await page.getByText(words.kept).waitFor();
    await page.getByRole("button", { name: words.back }).press("Enter");
    await page.getByText(words.undone).waitFor();
    await context.close();
  });

  test(`an answer is asked for, and its QR code is believed by a program that knows no hub, in ${language}`, async () => {
    const { page: bare, context } = await open({ viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 2 });
    const page = await begin(bare, language, "a question asked as a partner would, its QR code verified");
    await page.getByRole("link", { name: words.eligibility, exact: true }).click();
    await page.selectOption("#right", "ci-cnam CARE_AUTHORISATION");
    await page.fill("#day", "2026-03-01");
    await page.fill("#country", "CI");
    await page.selectOption("#system", "UTM");
    await page.fill("#number", NUMBER);
    await page.getByRole("button", { name: words.ask, exact: true }).click();
    assert.equal((await page.locator("#verdict").innerText()).toLowerCase(), words.covered);
    await page.evaluate(jsqr);
    const card = await page.evaluate(photographed);
    const folder = mkdtempSync(join(tmpdir(), "dankun-card."));
    try {
      writeFileSync(join(folder, "card"), card);
      writeFileSync(join(folder, "keys"), await (await fetch(`${hub.address}/.well-known/jwks.json`)).text());
      const about = ["--for", "ci-cnam", "--number", `ML-UTM=${NUMBER}`];
      const told = spawnSync(PROGRAM, ["answer", "verify", join(folder, "card"), "--keys", join(folder, "keys"), ...about]);
      assert.equal(told.status, 0, `${told.stdout}${told.stderr}`);
      const forged = card.replace(/.(?=.{8}$)/, (letter) => (letter === "A" ? "B" : "A"));
      writeFileSync(join(folder, "card"), forged);
      const refused = spawnSync(PROGRAM, ["answer", "verify", join(folder, "card"), "--keys", join(folder, "keys"), ...about]);
      assert.notEqual(refused.status, 0, `${refused.stdout}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await context.close();
  });
}

/// In the browser, where jsQR is: the QR code of the answer as the camera of a counter reads it.
async function photographed() {
  const drawn = document.querySelector(".qr svg").cloneNode(true);
  drawn.setAttribute("width", "800");
  drawn.setAttribute("height", "800");
  const picture = new Image();
  picture.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 880;
  const light = canvas.getContext("2d");
  light.fillStyle = "white";
  light.fillRect(0, 0, 880, 880);
  light.drawImage(picture, 40, 40, 800, 800);
  const { data } = light.getImageData(0, 0, 880, 880);
  const read = window.jsQR(data, 880, 880);
  if (!read) throw new Error("nothing to read");
  return read.data;
}
