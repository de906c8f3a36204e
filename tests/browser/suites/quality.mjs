// How good the pages are: nothing moves, nothing blocks, few bytes, few requests; Lighthouse agrees; print holds everything.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

/** Most bytes of a pack's page, compressed. */
const MOST_HTML = 30 << 10;
/** Most requests until a page can be used: itself, its style, its script. */
const MOST_REQUESTS = 3;
/** Audits of Lighthouse that judge something else than the page, and why. */
const EXCUSED = new Map([
  ["canonical", "the canonical address is that of the registry, and the copy under test lies elsewhere"],
  ["robots-txt", "it is fetched by a script in the page, which the page's policy forbids; whether there is one or not, it fails"],
]);
/** Those of the error page, which is not to be indexed. */
const EXCUSED_OF_ERRORS = new Set(["is-crawlable", "http-status-code"]);
/** What Lighthouse calls a machine that is fast enough to measure times on; a busy one is slower than it is. */
const FAST_ENOUGH = 1000;
/** Audits that measure times. */
const TIMES = new Set(["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index"]);

/** Returns one page of each kind. */
const oneOfEach = (picked) => [...new Map(picked.map((page) => [page.label.replace(/-\d+$/, ""), page]).reverse()).entries()].reverse();

export default async function ({ folder, picked, hosts, shots, judge, visit, url, each }) {
  const pages = oneOfEach(picked);

  await each(pages, async ([kind, { file }]) => {
    const html = await readFile(join(folder, file), "utf8");
    const bytes = gzipSync(html).length;
    judge(`${kind} ${file} is small`, bytes > MOST_HTML ? [`${bytes} bytes compressed`] : []);
    const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    judge(`${kind} ${file} waits for no script`, scripts.filter((tag) => !/\s(defer|async)\b|type="application\/ld\+json"/.test(tag)));
    judge(`${kind} ${file} has structured data that is JSON`, [...html.matchAll(/<script type="application\/ld\+json">([^]*?)<\/script>/g)].flatMap(([, text]) => {
      try { return JSON.parse(text)["@context"] === "https://schema.org" ? [] : ["it is not of schema.org"]; } catch (error) { return [error.message]; }
    }));
    for (const [size, viewport] of [["phone", { width: 360, height: 740 }], ["desktop", { width: 1280, height: 900 }]]) {
      judge(`${kind} ${file} keeps still on a ${size}`, await visit(url(hosts[0], file), { viewport, reducedMotion: "reduce" }, async (page, wrong) => {
        await page.waitForLoadState("networkidle");
        const seen = await page.evaluate(async () => {
          let shift = 0;
          const sources = [];
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              shift += entry.value;
              sources.push(...entry.sources.map((source) => source.node?.outerHTML?.slice(0, 80)));
            }
          }).observe({ type: "layout-shift", buffered: true });
          await new Promise((done) => setTimeout(done, 100));
          const resources = performance.getEntriesByType("resource");
          const moving = document.getAnimations().length;
          return { shift, sources, moving, fonts: document.fonts.size, resources: resources.map((entry) => [entry.initiatorType, entry.name, entry.renderBlockingStatus]) };
        });
        if (seen.shift > 0) wrong.push(`the layout shifts by ${seen.shift}: ${seen.sources.join(" ")}`);
        if (seen.moving) wrong.push(`${seen.moving} animations run where motion is to be reduced`);
        if (seen.fonts) wrong.push(`${seen.fonts} fonts have to arrive`);
        for (const [, name, status] of seen.resources) if (status === "blocking" && !name.endsWith(".css")) wrong.push(`it waits for ${name}`);
        const needed = 1 + seen.resources.filter(([type, name]) => ["link", "css", "script"].includes(type) && !/icon\.svg$/.test(name)).length;
        const enhancements = seen.resources.filter(([, name]) => /assets\/(browse|search|results)\.js|search\//.test(name)).length;
        if (needed - enhancements > MOST_REQUESTS) wrong.push(`${needed} requests: ${seen.resources.map(([, name]) => name).join(" ")}`);
      }));
    }
    judge(`${kind} ${file} is whole in print`, await visit(url(hosts[0], file), { viewport: { width: 720, height: 1000 }, colorScheme: "dark" }, async (page, wrong) => {
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const cut = await page.evaluate(() => [...document.querySelectorAll("main *")].filter((node) => {
        const { right, width } = node.getBoundingClientRect();
        const style = getComputedStyle(node);
        const hides = node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0 && !["visible", "clip"].includes(style.overflowX);
        return width > 1 && !node.closest(".unseen, svg") && style.visibility !== "hidden" && (right > innerWidth + 1 || hides);
      }).map((node) => `${node.tagName}.${node.className} is cut: ${node.textContent.trim().slice(0, 40)}`));
      wrong.push(...cut.slice(0, 5));
      const seen = (selector) => page.locator(selector).evaluateAll((nodes) => [nodes.length, nodes.filter((node) => node.checkVisibility()).length]);
      for (const what of [".card", "main tr"]) {
        const [all, printed] = await seen(what);
        if (all && !printed) wrong.push(`none of ${all} ${what} is printed`);
      }
      if ((await seen(".picks, .filters, .copy"))[1]) wrong.push("controls are printed");
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      if (paper !== "rgb(255, 255, 255)") wrong.push(`it is printed on ${paper}`);
      if (shots) await page.screenshot({ path: join(shots, `${kind}-print.png`), fullPage: true });
    }));
  });
  judge("the header file says what the pages say", await headersAgree(folder, hosts[0]));
  await lighthouse(pages, hosts[0], judge, url);
}

/** Compares the policy that the host sends with that of the pages. */
async function headersAgree(folder, host) {
  const response = await fetch(host.address);
  const sent = response.headers.get("content-security-policy") ?? "none";
  const [, meta] = (await response.text()).match(/http-equiv="Content-Security-Policy" content="([^"]*)"/) ?? [];
  const wrong = [];
  // What browsers ignore in a page stands in the header only.
  if (sent !== `${meta}; frame-ancestors 'none'`) wrong.push(`sent ${sent}, in the page ${meta}`);
  for (const [name, value] of [["x-content-type-options", "nosniff"], ["referrer-policy", "no-referrer"]]) {
    if (response.headers.get(name) !== value) wrong.push(`${name}: ${response.headers.get(name)}`);
  }
  if (/unsafe/.test(sent)) wrong.push(sent);
  return wrong;
}

/** Holds one page of each kind to 100 in all categories. */
async function lighthouse(pages, host, judge, url) {
  const { default: run } = await import("lighthouse");
  const port = 9_333;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--remote-debugging-port=${port}`],
  });
  for (const [kind, { file }] of pages) {
    const wrong = [];
    try {
      // Simulated throttling counts what the page asks for; a second look is for what else the machine did meanwhile.
      const options = {
        port, logLevel: "silent", output: "json", throttlingMethod: "simulate",
        onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
      };
      let { lhr } = await run(url(host, file), options);
      for (let more = 0; more < 2 && lhr.categories.performance.score < 1; more += 1) ({ lhr } = await run(url(host, file), options));
      const isBusy = lhr.environment.benchmarkIndex < FAST_ENOUGH;
      if (isBusy && lhr.categories.performance.score < 1) console.log(`Lighthouse ${file}: performance ${lhr.categories.performance.score * 100} on a busy machine (${lhr.environment.benchmarkIndex}), times are not judged`);
      const isExcused = (id) => EXCUSED.has(id) || (kind === "error" && EXCUSED_OF_ERRORS.has(id)) || (isBusy && TIMES.has(id));
      for (const category of Object.values(lhr.categories)) {
        const lost = category.auditRefs.filter(({ id, weight }) => weight > 0 && ![null, 1].includes(lhr.audits[id].score) && !isExcused(id));
        // Where times round to 100, they are good enough.
        if (category.score < 1 && lost.length) {
          wrong.push(`${category.title} ${Math.round(category.score * 100)}: ${lost.map(({ id }) => `${id} (${lhr.audits[id].displayValue ?? lhr.audits[id].title})`).join(", ")}`);
        }
      }
      if (lhr.runtimeError) wrong.push(lhr.runtimeError.message);
    } catch (error) {
      wrong.push(String(error.message).split("\n")[0]);
    }
    judge(`Lighthouse ${kind} ${file}`, wrong);
  }
  await browser.close();
}
