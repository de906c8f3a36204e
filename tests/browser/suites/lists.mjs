// Lists that can be narrowed: by hand, by address, by keyboard, on a phone, in pages, and not at all without JavaScript.
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { serve } from "../server.mjs";

const LIST = "packs/index.html";
const LONG = 300;
const run = promisify(execFile);

export default async function (tools) {
  await shortList(tools);
  const folder = await mkdtemp(join(tmpdir(), "packyard-lists-"));
  try { await longList(tools, await longRegistry(folder)); } finally { await rm(folder, { recursive: true, force: true }); }
}

const cards = (page) => page.locator(".cards > .card").count();
const found = (page) => page.locator(".found").innerText();
/** Checks a value of a facet and waits for the list to be narrowed. */
const choose = async (page, facet, value) => {
  await page.locator(`[data-facet="${facet}"] input[value="${value}"]`).check();
  await page.waitForFunction((query) => location.protocol === "file:" || location.search.includes(query), `${facet}=${value}`, { timeout: 5000 });
  await page.waitForSelector(".chosen:not([hidden])");
};
/** Returns the first value of a facet that some packs have and some have not, with its number. */
const telling = (page, facet, all) => page.locator(`[data-facet="${facet}"] label`).evaluateAll((labels, all) => labels
  .map((label) => [label.querySelector("input").value, Number(label.querySelector(".note").textContent)])
  .find(([, number]) => number > 0 && number < all), all);

/** A list that one page holds. */
async function shortList({ files, hosts, places, shots, SIZES, axe, judge, visit }) {
  for (const [host, base] of places) {
    judge(`lists can be narrowed on ${host}`, await visit(`${base}${LIST}`, {}, async (page, wrong) => {
      const all = await cards(page);
      const [value, number] = await telling(page, "kind", all);
      await choose(page, "kind", value);
      if (await cards(page) !== number) wrong.push(`${value} shows ${await cards(page)} instead of ${number} packs`);
      if (!(await found(page)).startsWith(`${number} of ${all} packs`)) wrong.push(`it says ${await found(page)}`);
      if (await page.evaluate(() => document.activeElement.type) !== "checkbox") wrong.push("the focus is lost");
      if (shots && host === "/") await page.screenshot({ path: join(shots, "browse-narrowed.png") });
      if (host !== "file://") {
        await page.reload();
        await page.waitForSelector(".chosen:not([hidden])");
        if (await cards(page) !== number) wrong.push("the address does not bring the list back");
        await page.locator(".sort select").selectOption("components");
        await page.goBack();
        if (await page.locator(".sort select").inputValue() !== "") wrong.push("back does not take the order away");
        await page.goBack();
        await page.waitForFunction((all) => document.querySelectorAll(".cards > .card").length === all, all, { timeout: 3000 });
        await choose(page, "kind", value);
      }
      await page.locator(".chosen button").first().click();
      await page.waitForFunction((all) => document.querySelectorAll(".cards > .card").length === all, all, { timeout: 3000 });
      if (await page.evaluate(() => document.activeElement.className) !== "found") wrong.push("the focus does not go to the number of packs");
    }));
  }
  const home = hosts[0].address;
  judge("several values narrow as they say", await visit(`${home}${LIST}?kind=action&kind=rule&ecosystem=attune&ecosystem=stackstorm`, {}, async (page, wrong) => {
    await page.waitForSelector(".chosen:not([hidden])");
    const kinds = await page.locator(".cards > .card").evaluateAll((cards) => cards.map((card) => [card.dataset.ecosystem, card.dataset.kind.split("\t")]));
    if (!kinds.length || kinds.some(([ecosystem, kinds]) => !["attune", "stackstorm"].includes(ecosystem) || !kinds.includes("action") || !kinds.includes("rule"))) {
      wrong.push(JSON.stringify(kinds));
    }
    if (new Set(kinds.map(([ecosystem]) => ecosystem)).size !== 2) wrong.push("one of two ecosystems is not shown");
  }));
  judge("lists are sorted", await visit(`${home}${LIST}?sort=components`, {}, async (page, wrong) => {
    await page.waitForFunction(() => document.querySelector(".sort select").value === "components");
    const numbers = await page.locator(".cards > .card").evaluateAll((cards) => cards.map((card) => Number(card.dataset.components)));
    if (numbers.some((number, at) => at > 0 && number > numbers[at - 1])) wrong.push(`the numbers of components are ${numbers}`);
    await page.locator(".sort select").selectOption("new");
    const dates = await page.locator(".cards > .card").evaluateAll((cards) => cards.map((card) => card.dataset.first));
    if (dates.some((date, at) => at > 0 && date > dates[at - 1])) wrong.push(`the dates are ${dates}`);
  }));
  judge("a list of nothing says so and can be left", await visit(`${home}${LIST}?keyword=no-such-word&status=stable`, { bypassCSP: true }, async (page, wrong) => {
    await page.waitForSelector(".nothing:not([hidden])");
    if (!(await found(page)).startsWith("0 of ")) wrong.push(`it says ${await found(page)}`);
    wrong.push(...await axe(page));
    if (shots) await page.screenshot({ path: join(shots, "browse-nothing.png") });
    await page.locator(".nothing button").click();
    await page.waitForFunction(() => document.querySelectorAll(".cards > .card").length > 0, null, { timeout: 3000 });
    if (await page.evaluate(() => location.search) !== "") wrong.push("the address still narrows");
  }));
  judge("all values of a facet can be seen", await visit(`${home}${LIST}`, {}, async (page, wrong) => {
    const facet = page.locator('[data-facet="keyword"]');
    const seen = await facet.locator("label:visible").count();
    await facet.locator(".more").click();
    const now = await facet.locator("label:visible").count();
    if (now <= seen) wrong.push(`${now} values are seen, ${seen} before`);
    if (await facet.locator("label .note").evaluateAll((notes) => notes.some((note) => !Number(note.textContent)))) wrong.push("a value has no number");
  }));
  judge("the keyboard alone narrows a list", await visit(`${home}${LIST}`, {}, async (page, wrong) => {
    const all = await cards(page);
    await page.locator('[data-facet="ecosystem"] summary').focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.waitForSelector(".chosen:not([hidden])");
    if (await cards(page) >= all) wrong.push("nothing was narrowed");
    await page.keyboard.press("Space");
    if (await cards(page) !== all) wrong.push("it is not taken back");
  }));
  for (const colorScheme of ["light", "dark"]) {
    judge(`a narrowed list is accessible, ${colorScheme}`, await visit(`${home}${LIST}?kind=action&sort=updated`, { bypassCSP: true, colorScheme }, async (page, wrong) => {
      await page.waitForSelector(".chosen:not([hidden])");
      wrong.push(...await axe(page));
    }));
  }
  judge("a phone opens the filters", await visit(`${home}${LIST}`, { viewport: SIZES.phone, bypassCSP: true }, async (page, wrong) => {
    if (await page.locator(".facets").isVisible()) wrong.push("the filters stand before the packs");
    await page.locator(".opener").click();
    await page.locator('[data-facet="kind"] input').first().check();
    await page.waitForSelector(".chosen:not([hidden])");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) wrong.push(`the page is ${wide} pixels wider than the screen`);
    wrong.push(...await axe(page));
    if (shots) await page.screenshot({ path: join(shots, "browse-phone.png") });
  }));
  judge("lists are whole without JavaScript", await visit(`${home}${LIST}?kind=action`, { javaScriptEnabled: false }, async (page, wrong) => {
    const packs = files.filter((file) => /^packs\/[^/]+\/[^/]+\/pack\.json$/.test(file)).length;
    if (await cards(page) !== packs) wrong.push(`${await cards(page)} of ${packs} packs are shown`);
    if (await page.locator(".filters").isVisible()) wrong.push("there are filters that do nothing");
  }));
  judge("a keyword of a pack leads to its likes", await visit(`${home}packs/attune/web-probes/index.html`, {}, async (page, wrong) => {
    const link = page.locator(".tags a").first();
    const word = (await link.innerText()).toLowerCase();
    await link.click();
    await page.waitForSelector(".chosen:not([hidden])");
    const words = await page.locator(".cards > .card").evaluateAll((cards) => cards.map((card) => card.dataset.keyword.split("\t")));
    if (!words.length || words.some((words) => !words.includes(word))) wrong.push(`${word}: ${JSON.stringify(words)}`);
  }));
}

/** A list of several pages: nothing but the page is loaded until somebody narrows or sorts. */
async function longList({ shots, axe, judge, visit }, folder) {
  const host = await serve(folder, "/");
  const all = `${host.address}${LIST}`;
  const isData = (request) => request.url().endsWith("packs/browse.js");
  judge("a long list is in pages", await visit(all, { bypassCSP: true }, async (page, wrong) => {
    if (await cards(page) !== 100) wrong.push(`${await cards(page)} packs are on the first page`);
    wrong.push(...await axe(page));
    await page.locator(".pages a", { hasText: "3" }).click();
    await page.waitForURL(/page-3\.html/);
    if (await cards(page) !== LONG - 200) wrong.push(`${await cards(page)} packs are on the last page`);
  }));
  judge("a long list loads its packs when it is narrowed, and shows more of them on request", await visit(all, { bypassCSP: true }, async (page, wrong) => {
    const loaded = [];
    page.on("request", (request) => { if (isData(request)) loaded.push(request.url()); });
    await page.waitForTimeout(200);
    const came = await page.locator(".cards > .card").evaluateAll((cards) => cards.slice(0, 60).map((card) => card.innerText));
    if (await page.evaluate(() => "packyardBrowse" in window)) wrong.push("the packs are loaded before somebody asks");
    const [value, number] = await telling(page, "ecosystem", LONG);
    await choose(page, "ecosystem", value);
    await page.waitForFunction((words) => document.querySelector(".found").textContent.startsWith(words), `${number} of ${LONG} packs`, { timeout: 5000 });
    if (loaded.length !== 1) wrong.push(`the packs are loaded ${loaded.length} times`);
    if (await page.locator(".pages").isVisible()) wrong.push("there are numbered pages of a narrowed list");
    if (await cards(page) !== 60) wrong.push(`${await cards(page)} cards are made at once`);
    const keywords = await page.locator('[data-facet="keyword"] li:not([hidden]) .note').allTextContents();
    if (keywords.length === 0 || keywords.length > 8 || keywords.includes("0")) wrong.push(`keywords with ${keywords} packs are shown`);
    await page.locator(".further").click();
    if (await cards(page) !== Math.min(120, number)) wrong.push(`${await cards(page)} cards after more were asked for`);
    wrong.push(...await axe(page));
    if (shots) await page.screenshot({ path: join(shots, "browse-long.png") });
    await page.locator(".chosen button").first().click();
    await page.waitForSelector(".pages:visible");
    const back = await page.locator(".cards > .card").evaluateAll((cards) => cards.slice(0, 60).map((card) => card.innerText));
    if (String(came) !== String(back)) wrong.push("the first page is not what it was");
  }));
  judge("a script makes the cards that the template makes", await visit(all, {}, async (page, wrong) => {
    // What is between tags only differs.
    const markup = () => page.locator(".cards > .card").evaluateAll((cards) => cards.map((card) => card.outerHTML.replace(/>\s+</g, "><").replace(/\s+/g, " ")));
    const byTemplate = await markup();
    const values = await page.locator('[data-facet="ecosystem"] input').evaluateAll((boxes) => boxes.map((box) => box.value));
    // All ecosystems together are all packs, in the order of the list.
    for (const value of values) await choose(page, "ecosystem", value);
    await page.waitForFunction((words) => document.querySelector(".found").textContent.startsWith(words), `${LONG} of ${LONG} packs`, { timeout: 5000 });
    await page.locator(".further").click();
    const byScript = await markup();
    byTemplate.forEach((card, at) => { if (card !== byScript[at]) wrong.push(`${card}\n      ${byScript[at]}`); });
  }));
  judge("a page after the first leads to the list when it is narrowed", await visit(`${host.address}packs/page-2.html`, {}, async (page, wrong) => {
    await page.locator('[data-facet="ecosystem"] input').first().click();
    await page.waitForURL(/packs\/index\.html\?ecosystem=/);
    // What is chosen is said at once, what fits it when the packs are loaded.
    await page.waitForFunction((words) => document.querySelector(".found").textContent.endsWith(words), ` of ${LONG} packs`, { timeout: 5000 });
    if (await cards(page) !== 60) wrong.push(`${await cards(page)} cards are shown`);
    await page.locator('[data-facet="keyword"] .more').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-facet="keyword"] label').length > 8);
  }));
  judge("a long list is narrowed from the disk", await visit(pathToFileURL(join(folder, LIST)).href, {}, async (page, wrong) => {
    await page.locator(".sort select").selectOption("components");
    await page.waitForSelector(".further:visible");
    if (await cards(page) !== 60) wrong.push(`${await cards(page)} cards are shown`);
  }));
  judge("a long list is plain pages without JavaScript", await visit(all, { javaScriptEnabled: false }, async (page, wrong) => {
    if (await cards(page) !== 100 || !await page.locator(".pages").isVisible()) wrong.push("the pages are not there");
  }));
  await host.stop();
}

/** Builds a registry of generated packs in a folder, with the programs that were built last, and returns where it lies. */
async function longRegistry(folder) {
  const root = resolve(import.meta.dirname, "../../..");
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
  const builds = await Promise.all(["release", "debug"].map(async (profile) => {
    const program = join(target, profile, "packyard");
    return [await stat(program).then(({ mtimeMs }) => mtimeMs, () => 0), program];
  }));
  const [, packyard] = builds.sort(([a], [b]) => b - a)[0];
  const input = join(folder, "in");
  await run("cargo", ["run", "--quiet", "--package", "xtask", "--", "gen", input, "--packs", String(LONG), "--components", "2"], { cwd: root });
  const output = join(folder, "public");
  await run(packyard, ["build", "--quiet", "--no-cache", "--out", output], { cwd: input });
  return output;
}
