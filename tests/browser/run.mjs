// Judges a built site in a real browser, with other people's tools.
//
//   node run.mjs <public folder> [folder for screenshots] [names of suites: all without] [--hostile=<folder of hostile registries>]
//
// Exits with 1 when something is wrong; the last line is `N passed, N failed`.
import { mkdir, readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { HtmlValidate, FileSystemConfigLoader } from "html-validate";
import { serve } from "./server.mjs";
import { filesOf, linkChecker, samples } from "./site.mjs";

const isOption = (argument) => argument.startsWith("--");
const [given, shots, ...only] = process.argv.slice(2).filter((argument) => !isOption(argument));
if (!given) {
  console.error("usage: node run.mjs <public folder> [folder for screenshots] [suites] [--hostile=<folder>]");
  process.exit(2);
}
const hostile = process.argv.find((argument) => argument.startsWith("--hostile="))?.slice("--hostile=".length);
const folder = resolve(given);
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const SUB_PATH = "/some/sub/path/";

const seconds = (start) => `${((Date.now() - start) / 1000).toFixed(1)} s`;
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

/** Does some things at the same time, as many as this machine can bear; `act` gets one of `things`. */
async function each(things, act, atOnce = 2) {
  const open = [...things];
  const work = async () => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

// 1. Without a browser, unless only some suites are asked for: every link of every page, and valid HTML.
if (!only.length) {
  const start = Date.now();
  const validator = new HtmlValidate(new FileSystemConfigLoader());
  const links = linkChecker(folder, files);
  for (const file of pages) {
    const text = await readFile(join(folder, file), "utf8");
    judge(`links of ${file}`, await links(file, text));
    const report = await validator.validateString(text, join(import.meta.dirname, "page.html"));
    judge(`html-validate ${file}`, report.results.flatMap((result) => result.messages)
      .map((message) => `${message.line}:${message.column} ${message.ruleId}: ${message.message}`));
  }
  console.log(`${pages.length} pages read: ${seconds(start)}`);
}

// 2. In the browser: the suites, each a file that exports what it does with what is here.
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
  page.on("requestfailed", (request) => {
    // What a page still asks for when it is left, such as its icon, is given up by the browser itself.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") wrong.push(`request failed: ${request.url()}`);
  });
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
/** Lists what axe finds wrong in an open page, by some of its rules or all; the page must have been opened with `bypassCSP`. */
async function axe(page, rules) {
  if (!await page.evaluate(() => Boolean(globalThis.axe))) await page.evaluate(axeSource);
  const report = await page.evaluate((rules) => globalThis.axe.run(document, rules ? { runOnly: rules } : {}), rules);
  return report.violations.map((found) => `axe ${found.id}: ${found.help} (${found.nodes.map((node) => node.target.join(" ")).slice(0, 3).join("; ")})`);
}

// Where a copy of the site is reached: its name and the address of its root.
const places = [["/", hosts[0].address], [SUB_PATH, hosts[1].address], ["file://", pathToFileURL(folder).href + "/"]];

if (shots) await mkdir(shots, { recursive: true });
const suites = (await readdir(join(import.meta.dirname, "suites"))).sort();
for (const suite of suites) {
  if (only.length && !only.includes(suite.slice(0, -4))) continue;
  const { default: run } = await import(`./suites/${suite}`);
  const start = Date.now();
  await run({ folder, files, pages, picked, hosts, places, shots, SIZES, axe, judge, visit, url, each, browser, hostile });
  console.log(`${suite}: ${seconds(start)}`);
}

await browser.close();
await Promise.all(hosts.map((host) => host.stop()));
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
