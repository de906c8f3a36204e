// Judges the live preview in a real browser: reload, scroll position, style sheets in place, the overlay.
//
//   node live.mjs <packyard program>
//
// Exits with 1 when something is wrong; the last line is `N passed, N failed`.
import { spawn, spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [given] = process.argv.slice(2);
if (!given) {
  console.error("usage: node live.mjs <packyard program>");
  process.exit(2);
}
const program = resolve(given);
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = await mkdtemp(join(tmpdir(), "packyard-live-"));
const at = (path) => join(folder, path);
/** Saves a file as careful editors do. */
const save = async (path, text) => {
  await writeFile(at(`${path}.tmp`), text);
  await rename(at(`${path}.tmp`), at(path));
};

let [passed, failed] = [0, 0];
/** Counts one judgement. */
const judge = async (what, act) => {
  try {
    await act();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.error(`${what}: ${error.message}`);
  }
};
const must = (condition, otherwise) => { if (!condition) throw new Error(otherwise); };

spawnSync(program, ["new", "attune", "echo"], { cwd: folder });
await cp(resolve(import.meta.dirname, "../../site-templates"), at("theme"), { recursive: true });
await writeFile(at("packyard.toml"), "[registry]\ntemplates = \"theme\"\n\n[[source]]\npath = \"packs\"\n");
const readme = `# echo\n\n${"A line.\n\n".repeat(200)}`;
await writeFile(at("packs/echo/README.md"), readme);

const server = spawn(program, ["serve", "--port", "0"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
  const [line] = await new Promise((found) => createInterface(server.stdout).once("line", (text) => found([text])));
  const address = line.match(/http:\/\/[^/ ]+/)[0];
  const page = await browser.newPage();
  const wrong = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(message.text()); });
  page.on("pageerror", (error) => wrong.push(String(error)));
  const reloads = () => page.evaluate(() => performance.timeOrigin);
  const home = `${address}/packs/attune/echo/index.html`;
  await page.goto(home, { waitUntil: "networkidle" }).catch(() => page.goto(home));
  await page.waitForTimeout(300);

  await judge("a save reloads the page and keeps the scroll position", async () => {
    await page.evaluate(() => scrollTo({ top: 1500, behavior: "instant" }));
    await save("packs/echo/README.md", `${readme}The end.\n`);
    await page.waitForFunction(() => document.body.textContent.includes("The end."), null, { timeout: 20_000 });
    await page.waitForFunction(() => Math.abs(scrollY - 1500) < 2, null, { timeout: 5_000 });
  });

  await judge("a style sheet is swapped in place", async () => {
    const before = await reloads();
    await save("theme/style/99-own.css", "h1 { color: rgb(1, 2, 3) !important; }\n");
    await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).color === "rgb(1, 2, 3)", null, { timeout: 20_000 });
    must(await reloads() === before, "the page was reloaded");
    await page.waitForFunction(() => document.querySelectorAll('link[rel="stylesheet"]').length === 1, null, { timeout: 5_000 });
  });

  await judge("another page's change reloads nothing", async () => {
    const answer = await page.goto(`${address}/404.html`);
    // What came compressed has another entity tag than what the page is told: that alone must not reload it.
    must((await answer.allHeaders())["content-encoding"] === "gzip", "the page did not come compressed");
    await page.waitForTimeout(500);
    const before = await reloads();
    const told = page.waitForResponse((response) => response.request().method() === "HEAD", { timeout: 20_000 });
    await save("packs/echo/README.md", `${readme}Another end.\n`);
    await told;
    await page.waitForTimeout(300);
    must(await reloads() === before, "the page was reloaded");
    await page.goto(home);
  });

  const manifest = await readFile(at("packs/echo/pack.yaml"), "utf8");
  const overlay = page.locator("dialog.packyard-problems");
  const broken = `${manifest}"<img src=x onerror=alert(1)>": [\n`;
  await judge("a mistake is shown over the page, escaped and accessible", async () => {
    await save("packs/echo/pack.yaml", broken);
    await overlay.waitFor({ timeout: 20_000 });
    const text = await overlay.innerText();
    must(text.includes("packs/echo/pack.yaml:") && text.includes("error["), text);
    must(await overlay.locator("img").count() === 0, "text of a pack became markup");
    must((await page.textContent("body")).includes("Another end."), "the last good version is gone");
    must(await page.evaluate(() => document.activeElement?.closest("dialog") !== null), "the focus is not in the overlay");
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => globalThis.axe.run("dialog.packyard-problems"));
    must(violations.length === 0, JSON.stringify(violations.map(({ id, nodes }) => [id, nodes[0].html])));
  });

  await judge("Esc dismisses it, and it stays away until something else is wrong", async () => {
    await page.keyboard.press("Escape");
    await overlay.waitFor({ state: "detached", timeout: 5_000 });
    await page.reload();
    await page.waitForTimeout(500);
    must(await overlay.count() === 0, "it came back");
    await save("packs/echo/pack.yaml", `# one more line\n${broken}`);
    await overlay.waitFor({ timeout: 20_000 });
  });

  await judge("it goes away when the mistake is mended", async () => {
    await save("packs/echo/pack.yaml", manifest);
    await overlay.waitFor({ state: "detached", timeout: 20_000 });
  });

  await judge("a faulty template is shown too", async () => {
    const template = await readFile(at("theme/pack.html"), "utf8");
    await save("theme/pack.html", "{% if %}");
    await overlay.waitFor({ timeout: 20_000 });
    must((await overlay.innerText()).includes("error[template]"), await overlay.innerText());
    await save("theme/pack.html", template);
    await overlay.waitFor({ state: "detached", timeout: 20_000 });
  });

  await judge("nothing was complained about in the console", async () => must(wrong.length === 0, wrong.join("\n")));
} finally {
  await browser.close();
  server.kill();
  await rm(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
