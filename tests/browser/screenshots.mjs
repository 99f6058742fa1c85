// Pictures of every view on the data of the demonstration, in both languages, on a desk and on a phone.

import { mkdirSync } from "node:fs";
import { browse, signIn, start, views, welcome } from "./hub.mjs";

const [, , program, folder] = process.argv;
mkdirSync(folder, { recursive: true });
const hub = await start(program, ["demo"]);
const browser = await browse();
try {
  const context = await browser.newContext({ locale: "fr-FR", viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  await welcome(page, hub);
  await page.screenshot({ path: `${folder}/sign-in.png` });
  await signIn(page, hub);
  const { found } = await views(page, hub);
  await page.goto(`${hub.address}/ui/batches`);
  const refused = page.locator("main tbody tr", { has: page.locator("strong.bad") }).first().locator("a");
  const batch = await refused.getAttribute("href");
  await page.goto(hub.address + batch);
  const defect = await page.locator(".defects a").first().getAttribute("href");
  for (const [name, width, height] of [["desk", 1280, 860], ["phone", 390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const language of ["fr", "en"]) {
      await page.goto(`${hub.address}/ui/language/${language}?to=/ui`);
      for (const path of [...found, batch, defect]) {
        await page.goto(hub.address + path);
        const title = path.replace("/ui", "").replace(/_[0-9a-f]+/g, "").replace(/[0-9a-f]{16}/, "one").replaceAll("/", "-") || "-home";
        await page.screenshot({ path: `${folder}/${name}-${language}${title}.png`, fullPage: name === "desk" });
      }
    }
  }
} finally {
  await browser.close();
  await hub.stop();
}
