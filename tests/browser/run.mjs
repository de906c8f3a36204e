// Judges a built site in a real browser, with other people's tools.
//
//   node run.mjs <public folder> [folder for screenshots]
//
// Exits with 1 when something is wrong; the last line is `N passed, N failed`.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { HtmlValidate, FileSystemConfigLoader } from "html-validate";
import { serve } from "./server.mjs";
import { brokenLinks, filesOf, samples } from "./site.mjs";

const [given, shots] = process.argv.slice(2);
if (!given) {
  console.error("usage: node run.mjs <public folder> [folder for screenshots]");
  process.exit(2);
}
const folder = resolve(given);
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const SUB_PATH = "/some/sub/path/";

let passed = 0;
const failures = [];
/** Counts one judgement; `found` lists what is wrong. */
function judge(what, found) {
  if (found.length === 0) passed += 1;
  else failures.push(`${what}\n    ${found.slice(0, 12).join("\n    ")}${found.length > 12 ? `\n    and ${found.length - 12} more` : ""}`);
}

const files = await filesOf(folder);
// Pages of people: what feeds hold is for clients, which have tests of their own.
const pages = files.filter((file) => file.endsWith(".html") && !file.startsWith("runtimes/"));
const picked = await samples(folder, files);

// 1. Without a browser: every link of every page, valid HTML of the samples.
for (const file of pages) judge(`links of ${file}`, await brokenLinks(folder, file, await readFile(join(folder, file), "utf8")));
const validator = new HtmlValidate(new FileSystemConfigLoader());
for (const { file } of picked) {
  const text = await readFile(join(folder, file), "utf8");
  const report = await validator.validateString(text, join(import.meta.dirname, "page.html"));
  judge(`html-validate ${file}`, report.results.flatMap((result) => result.messages)
    .map((message) => `${message.line}:${message.column} ${message.ruleId}: ${message.message}`));
}

// 2. In the browser.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const hosts = [await serve(folder, "/"), await serve(folder, SUB_PATH)];

/** Opens a page, notes what goes wrong in it, lets `act` look at it. */
async function visit(address, options, act) {
  const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`); });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => wrong.push(`request failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith("file://")) wrong.push(`foreign request: ${request.url()}`);
  });
  try {
    const response = await page.goto(address);
    if (response && response.status() >= 400) wrong.push(`status ${response.status()}`);
    await act(page, wrong);
  } catch (error) {
    wrong.push(String(error.message).split("\n")[0]);
  }
  await context.close();
  return wrong;
}

const url = (host, file) => host.address + file.split("/").map(encodeURIComponent).join("/");

if (shots) await mkdir(shots, { recursive: true });
for (const { file, label } of picked) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const wrong = await visit(url(hosts[0], file), { colorScheme, viewport, bypassCSP: true }, async (page, wrong) => {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) wrong.push(`the page is ${wide} pixels wider than the screen`);
        await page.evaluate(axeSource);
        const report = await page.evaluate(() => globalThis.axe.run());
        for (const found of report.violations) {
          wrong.push(`axe ${found.id}: ${found.help} (${found.nodes.map((node) => node.target.join(" ")).slice(0, 3).join("; ")})`);
        }
        if (shots) await page.screenshot({ path: join(shots, `${label}-${size}-${colorScheme}.png`), fullPage: true });
      });
      judge(`${label} ${file} ${size} ${colorScheme}`, wrong);
    }
  }
  // The policy of the page itself is in force, under a sub-path and from the disk.
  judge(`${label} ${file} under a sub-path`, file === "404.html" ? [] : await visit(url(hosts[1], file), {}, async () => {}));
  const disk = pathToFileURL(join(folder, file)).href;
  judge(`${label} ${file} from the disk`, file === "404.html" ? [] : await visit(disk, {}, async (page, wrong) => {
    const styled = await page.evaluate(() => getComputedStyle(document.querySelector(".top")).position);
    if (styled !== "sticky") wrong.push("the style sheet is not applied");
  }));
}

// 3. Search: by keyboard, on every kind of host; and without JavaScript.
const component = files.find((file) => /^packs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/[^/]+\.html$/.test(file));
const pack = files.find((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file));
const [, , name] = pack.split("/");
const hostsOfSearch = [["/", hosts[0].address], [SUB_PATH, hosts[1].address], ["file://", pathToFileURL(folder).href + "/"]];
for (const [host, base] of hostsOfSearch) {
  for (const from of ["index.html", component].filter(Boolean)) {
    judge(`search from ${from} on ${host}`, await visit(base + from, {}, async (page, wrong) => {
      await page.keyboard.press("/");
      if (await page.evaluate(() => document.activeElement.id) !== "search") wrong.push("`/` does not focus the search");
      await page.keyboard.type(name);
      await page.waitForSelector(".results [role=option]", { timeout: 3000 });
      const first = await page.textContent(".results [role=option] strong");
      if (first !== name) wrong.push(`the exact name ${name} is not first but ${first}`);
      if (shots && host === "/") await page.screenshot({ path: join(shots, `search-${from === "index.html" ? "home" : "component"}.png`) });
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
      await page.waitForURL((address) => address.href.endsWith(pack), { timeout: 3000 });
    }));
  }
}
judge("search finds nothing for nonsense", await visit(`${hosts[0].address}index.html?q=zzzzqqqq`, {}, async (page, wrong) => {
  await page.waitForSelector(".results .none", { timeout: 3000 });
  if (!(await page.textContent(".results")).includes("zzzzqqqq")) wrong.push("it does not say what was not found");
}));
judge("search results are accessible", await visit(`${hosts[0].address}index.html?q=${name}`, { bypassCSP: true }, async (page, wrong) => {
  await page.waitForSelector(".results [role=option]", { timeout: 3000 });
  await page.evaluate(axeSource);
  const report = await page.evaluate(() => globalThis.axe.run());
  wrong.push(...report.violations.map((found) => `axe ${found.id}: ${found.help}`));
}));
judge("search without JavaScript leads to the list", await visit(`${hosts[1].address}${pack}`, { javaScriptEnabled: false }, async (page, wrong) => {
  await page.fill("#search", name);
  await page.press("#search", "Enter");
  await page.waitForURL(/index\.html\?q=/, { timeout: 3000 });
  if (!(await page.locator(`a[href="${pack}"]`).count())) wrong.push("the home page does not list the pack");
}));
// 4. Lists that can be narrowed: by hand, by address, and not at all without JavaScript.
const cards = (page) => page.locator("[data-card]:visible").count();
for (const [host, base] of hostsOfSearch) {
  judge(`lists can be narrowed on ${host}`, await visit(`${base}index.html`, {}, async (page, wrong) => {
    const all = await cards(page);
    const facet = page.locator("select[name=kind]");
    await facet.focus();
    const [value, words] = await facet.evaluate((control, all) => [...control.options].slice(1)
      .map((option) => [option.value, option.textContent]).find(([, words]) => !words.endsWith(`(${all})`)), all);
    await facet.selectOption(value);
    const some = await cards(page);
    if (words.match(/\((\d+)\)$/)?.[1] !== String(some)) wrong.push(`${words} shows ${some} packs`);
    if (some === 0 || some >= all) wrong.push(`${some} of ${all} packs are shown`);
    if (host !== "file://") {
      if (!page.url().endsWith(`?kind=${value}`)) wrong.push(`the address is ${page.url()}`);
      await page.reload();
      if (await cards(page) !== some) wrong.push("the address does not bring the list back");
    }
    if (shots && host === "/") await page.screenshot({ path: join(shots, "home-narrowed.png") });
    await page.click(".browse button[type=reset]");
    await page.waitForFunction((count) => [...document.querySelectorAll("[data-card]")].filter((card) => !card.hidden).length === count, all, { timeout: 3000 });
  }));
}
judge("a narrowed list is accessible", await visit(`${hosts[0].address}index.html?sort=updated`, { bypassCSP: true }, async (page, wrong) => {
  await page.evaluate(axeSource);
  const report = await page.evaluate(() => globalThis.axe.run());
  wrong.push(...report.violations.map((found) => `axe ${found.id}: ${found.help}`));
  const dates = await page.locator(".group").first().locator("[data-card] time").evaluateAll((times) => times.map((time) => time.dateTime));
  if (dates.some((date, number) => number > 0 && date > dates[number - 1])) wrong.push("the newest is not first");
}));
judge("lists are whole without JavaScript", await visit(`${hosts[0].address}index.html?kind=action`, { javaScriptEnabled: false }, async (page, wrong) => {
  const packs = files.filter((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file)).length;
  if (await cards(page) !== packs) wrong.push(`${await cards(page)} of ${packs} packs are shown`);
}));
judge("keyboard reaches the content by the skip link", await visit(`${hosts[0].address}${pack}`, {}, async (page, wrong) => {
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  if (await page.evaluate(() => document.activeElement.id) !== "content") wrong.push("the skip link does not move the focus");
}));

await browser.close();
await Promise.all(hosts.map((host) => host.stop()));
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
