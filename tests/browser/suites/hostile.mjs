// Hostile packs: whatever they hold, a page stays what it is. Nothing of theirs runs, loads, covers or leaves its place.
//
// `hostile` is a folder of registries, one per case of `tests/hostile/`, each with the pack of the case and a healthy one.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "../server.mjs";
import { filesOf } from "../site.mjs";

/** Most pages of a kind that are looked at in one registry. */
const MOST = 2;

export default async function ({ hostile, judge, visit, url, each, shots }) {
  if (!hostile) return;
  const cases = (await readdir(hostile, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  judge("there are hostile registries to look at", cases.length >= 8 ? [] : [`${cases.length} only`]);
  let looked = 0;
  await each(cases, async (name) => {
    const folder = join(hostile, name, "public");
    const host = await serve(folder, "/");
    const files = (await filesOf(folder)).filter((file) => file.endsWith(".html") && !file.startsWith("runtimes/") && !file.startsWith("docs/format/"));
    judge(`${name}: the pack has pages`, files.some((file) => /^packs\/[^/]+\/[^/]*hostile\/index\.html$/.test(file)) ? [] : ["it was not released"]);
    // One kind is what has the same folders around it, whatever they are called.
    const kinds = new Map();
    for (const file of files) {
      const kind = file.split("/").map((part, at, all) => (at > 1 && at < all.length - 1 ? "*" : part)).join("/").replace(/[^/]+\.\.\.[^/]+\.html$/, "compare").replace(/(\/\*\/)[^/]+\.html$/, "$1*.html");
      if (!kinds.has(kind)) kinds.set(kind, []);
      if (kinds.get(kind).length < MOST && (!file.includes("healthy") || kinds.get(kind).length === 0)) kinds.get(kind).push(file);
    }
    for (const file of [...kinds.values()].flat()) {
      looked += 1;
      judge(`${name}: ${file} is what it was`, await visit(url(host, file), { viewport: { width: 360, height: 740 } }, async (page, wrong) => {
        page.on("dialog", (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
        await page.waitForLoadState("load");
        wrong.push(...await page.evaluate(look));
        // The page of results puts it in its own field.
        const focused = await page.evaluate(() => (document.activeElement === document.body ? "" : document.activeElement.id || "something"));
        if (focused && (file !== "search.html" || focused !== "search")) wrong.push(`${focused} took the focus`);
        await page.setViewportSize({ width: 1280, height: 900 });
        wrong.push(...(await page.evaluate(look)).map((words) => `desktop: ${words}`));
        // Whatever waits for a press does nothing either.
        await page.evaluate(() => document.querySelectorAll("main summary").forEach((summary) => summary.click()));
        await page.waitForTimeout(20);
        if (page.url() !== url(host, file)) wrong.push(`the page has become ${page.url()}`);
        if (shots && file.endsWith("hostile/index.html")) await page.screenshot({ path: join(shots, `hostile-${name}.png`), fullPage: true });
      }));
    }
    await host.stop();
  });
  judge("hostile packs have pages", looked >= 60 ? [] : [`${looked} only`]);
}

/** Lists what is not as the templates made it; runs in the page. */
function look() {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const show = (node) => node.outerHTML.slice(0, 100);
  const brand = document.querySelector(".brand").textContent.trim();
  if (brand !== "Pack registry") wrong.push(`the registry is called ${brand}`);
  if (!document.title.endsWith("Pack registry")) wrong.push(`the title is ${document.title}`);
  if (/[\u0000-\u0008\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(document.title + document.body.textContent)) wrong.push("characters that turn text around");
  // What executes or loads is the site's own.
  const own = (address) => new URL(address, location.href).origin === location.origin;
  for (const node of all("script")) if (node.type !== "application/ld+json" && (!node.src || !own(node.src))) wrong.push(show(node));
  for (const node of all("iframe, object, embed, base, portal, frame, math, main svg, main style, main link, main meta, main form:not([class])")) wrong.push(show(node));
  for (const node of all("form")) if (!own(node.getAttribute("action") ?? "")) wrong.push(show(node));
  for (const node of all("img, link, source, audio, video, track")) {
    const address = node.src || node.href;
    if (address && node.rel !== "canonical" && !own(address)) wrong.push(show(node));
  }
  for (const node of all("a[href]")) if (!/^(https?|mailto|file):/.test(node.protocol)) wrong.push(show(node));
  for (const node of all("*")) {
    for (const { name } of node.attributes) if (/^on|^style$|^srcdoc$|^autofocus$/i.test(name)) wrong.push(`${name} on ${show(node)}`);
  }
  // Each id is one element's, and those of the frame are where they were.
  const ids = all("[id]").map((node) => node.id);
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`the id ${id} is there twice`);
  if (document.getElementById("content")?.tagName !== "MAIN") wrong.push("#content is not the page's");
  if (document.getElementById("search")?.form?.className !== "search") wrong.push("#search is not the page's");
  // Nothing leaves the page, lies over the header, or is fixed.
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) wrong.push(`the page is ${wide} pixels wider than the screen`);
  scrollTo(0, 0);
  const { x, y, width, height } = document.querySelector(".brand").getBoundingClientRect();
  const above = document.elementFromPoint(x + width / 2, y + height / 2);
  if (!above?.closest(".brand")) wrong.push(`the name is covered by ${above && show(above)}`);
  const frame = document.querySelector("main").getBoundingClientRect();
  for (const node of all("main *")) {
    const style = getComputedStyle(node);
    if (style.position === "fixed") wrong.push(`fixed: ${show(node)}`);
    // What lies in a closed part is laid out where it will not be.
    if (!node.checkVisibility()) continue;
    const box = node.getBoundingClientRect();
    let scrolls = false;
    for (let up = node.parentElement; up && up.tagName !== "MAIN"; up = up.parentElement) {
      scrolls ||= getComputedStyle(up).overflowX !== "visible";
    }
    if (!scrolls && box.width > 1 && (box.left < frame.left - 1 || box.right > frame.right + 1)) wrong.push(`outside: ${show(node)}`);
  }
  return wrong.slice(0, 8);
}
