// Search: what is found first, how much it loads, by keyboard, on every kind of host, with hostile names, without JavaScript.
import { readFile, writeFile, mkdtemp, cp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { tmpdir } from "node:os";
import { existsSync } from "node:fs";
import { join, normalize } from "node:path";
import { pathToFileURL } from "node:url";

// `cargo run --example big_search -- target/big-search`
const LARGE = process.env.BIG_SEARCH ?? join(import.meta.dirname, "../../../target/big-search");
// What a search may load, compressed, in bytes.
const FIRST_QUERY = 120_000, NEXT_QUERY = 30_000;
const relevance = JSON.parse(await readFile(join(import.meta.dirname, "../relevance.json"), "utf8"));

/** Waits for an answer to what stands in the field. */
const answered = (page) => page.waitForFunction(() => document.querySelector(".results:not([hidden]) li"), null, { timeout: 5000 });
const titles = (page) => page.locator(".results [role=option] strong").allTextContents();

/** Holds the first results of queries against what is expected. */
async function relevant(page, wrong, cases) {
  for (const { query, first, not = [] } of cases) {
    const found = await page.evaluate(async (query) => {
      const search = await packyard.search();
      const { results } = await search.find(query);
      return (await search.show(results.slice(0, 50))).map(({ title }) => title);
    }, query);
    const given = found.slice(0, Math.max(first.length, 1));
    if (JSON.stringify(given) !== JSON.stringify(first)) wrong.push(`${query}: ${given.join(", ") || "nothing"} instead of ${first.join(", ") || "nothing"}`);
    for (const title of not.filter((title) => found.includes(title))) wrong.push(`${query}: finds ${title}`);
  }
}

/** Serves a folder compressed, and counts what it sends of the search's own data. */
async function counting(folder) {
  const sent = { bytes: 0, files: 0 };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    try {
      const body = gzipSync(await readFile(join(folder, normalize(path))), { level: 9 });
      if (path.startsWith("/search/")) { sent.bytes += body.length; sent.files += 1; }
      const type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : path.endsWith(".svg") ? "image/svg+xml" : "text/html";
      response.writeHead(200, { "content-type": type, "content-encoding": "gzip", "cache-control": "max-age=600" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, sent, stop: () => { server.closeAllConnections(); server.close(); } };
}

async function large({ judge, visit, shots }) {
  if (!existsSync(join(LARGE, "search.html"))) {
    judge("the search of a large registry", [`${LARGE} is not there: cargo run --example big_search -- ${LARGE}`]);
    return;
  }
  const host = await counting(LARGE);
  const { sent } = host;
  judge("what is found first in a large registry", await visit(`${host.address}search.html`, {}, (page, wrong) => relevant(page, wrong, relevance.large)));
  const most = { first: 0, next: 0 };
  const measure = async (page, wrong, text, limit, before = { ...sent }) => {
    await page.fill("#search", "");
    await page.locator("#search").pressSequentially(text, { delay: 20 });
    // Until the answer to the whole text is there, and nothing more is asked for.
    await page.waitForFunction((text) => document.querySelector(".results").dataset.for === text, text, { timeout: 10_000 });
    await page.waitForTimeout(100);
    const bytes = sent.bytes - before.bytes;
    if (bytes > limit) wrong.push(`“${text}” loads ${bytes} bytes in ${sent.files - before.files} files`);
    if (!(await page.locator(".results [role=option]:not(.none)").count())) wrong.push(`“${text}” finds nothing`);
    return bytes;
  };
  // Each first query in a browser that has nothing yet; the next ones after it, of one to three words, common and rare ones, misspelt.
  const queries = ["weather", "get", "s", "list instance", "kubernets", "telegraphy old", "create user policy", "fencorde", "describe the snapshot", "loadbalancer", "kuber netes", "weather banana", "get telegraph policies", "stackstorm sensors"];
  for (const [at, query] of queries.entries()) {
    const before = { ...sent };
    judge(`bytes of a search for “${query}”, and of the next`, await visit(`${host.address}search.html`, {}, async (page, wrong) => {
      most.first = Math.max(most.first, await measure(page, wrong, query, FIRST_QUERY, before));
      for (const next of [queries[(at + 3) % queries.length], queries[(at + 7) % queries.length]]) {
        most.next = Math.max(most.next, await measure(page, wrong, next, NEXT_QUERY));
      }
    }));
  }
  judge("bytes of a page of results, after the first", await visit(`${host.address}search.html?q=weather`, {}, async (page, wrong) => {
    await page.waitForSelector(".hits li");
    const before = sent.bytes;
    await page.goto(`${host.address}search.html?q=${encodeURIComponent("rotate certificate")}`);
    await page.waitForSelector(".hits li");
    await page.waitForTimeout(200);
    if (sent.bytes - before > NEXT_QUERY) wrong.push(`${sent.bytes - before} bytes`);
    if (shots) await page.screenshot({ path: join(shots, "results-large.png") });
  }));
  judge("a root that is older than the pieces is loaded again", await visit(`${host.address}search.html`, {}, async (page, wrong) => {
    await page.route("**/search/index.js", async (route) => {
      const body = (await readFile(join(LARGE, "search/index.js"), "utf8")).replace(/^packyardSearch\("","\w+"/, 'packyardSearch("","00000000"');
      await route.fulfill({ body, contentType: "text/javascript" });
    });
    await page.reload();
    await page.fill("#search", "weather");
    await answered(page);
    if ((await titles(page))[0] !== "weather") wrong.push(`finds ${await titles(page)}`);
  }));
  console.log(`search of 10 000 packs: at most ${most.first} bytes for a first query, ${most.next} for a next`);
  host.stop();
}

/** Holds a registry whose names try everything against the page: its index with other text. */
async function hostile({ folder, judge, visit }) {
  const copy = await mkdtemp(join(tmpdir(), "packyard-search-"));
  await cp(folder, copy, { recursive: true, filter: (path) => !/\/(packs|archives|runtimes)(\/|$)/.test(path.slice(folder.length)) });
  const file = join(copy, "search/index.js");
  const text = await readFile(file, "utf8");
  const bad = JSON.stringify("<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>").slice(1, -1).replaceAll("<", "\\u003c");
  // The first word of every summary.
  await writeFile(file, text.replace(/(\["[0-9][^"]*",")(?=\w)/g, `$1${bad} `));
  judge("hostile text is shown as text", await visit(`${pathToFileURL(copy).href}/search.html?q=disk`, {}, async (page, wrong) => {
    await page.waitForSelector(".hits li");
    await page.focus("#search");
    await page.locator("#search").pressSequentially("k");
    await page.fill("#search", "disk");
    await answered(page);
    for (const place of [".hits", ".results"]) {
      if (!(await page.textContent(place)).includes("<img src=x onerror")) wrong.push(`${place} does not show it as it is`);
      if (await page.locator(`${place} img, ${place} script`).count()) wrong.push(`${place} has it as markup`);
    }
    if ((await page.title()) === "owned") wrong.push("it ran");
  }));
  await rm(copy, { recursive: true });
}

export default async function (site) {
  const { files, hosts, places, shots, SIZES, axe, judge, visit } = site;
  const component = files.find((file) => /^packs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/[^/]+\.html$/.test(file));
  const pack = files.find((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file));
  const [, , name] = pack.split("/");
  for (const [host, base] of places) {
    for (const from of ["index.html", component].filter(Boolean)) {
      judge(`search from ${from} on ${host}`, await visit(base + from, {}, async (page, wrong) => {
        await page.keyboard.press("/");
        if (await page.evaluate(() => document.activeElement.id) !== "search") wrong.push("`/` does not focus the search");
        await page.keyboard.type(name[0]);
        await answered(page);
        if (!(await titles(page)).length) wrong.push("the first letter finds nothing");
        await page.keyboard.type(name.slice(1));
        await page.waitForFunction((name) => document.querySelector(".results").dataset.for === name, name);
        const [first] = await titles(page);
        if (first !== name) wrong.push(`the exact name ${name} is not first but ${first}`);
        if ((await page.locator(".results li").first().locator("mark").first().textContent()) === "") wrong.push("nothing is marked");
        if (!/^\d+ results?$/.test(await page.textContent("form.search [role=status]"))) wrong.push("the count is not announced");
        if (shots && host === "/") await page.screenshot({ path: join(shots, `search-${from === "index.html" ? "home" : "component"}.png`) });
        const active = () => page.getAttribute("#search", "aria-activedescendant");
        if (await active()) wrong.push("something is chosen before the arrows are used");
        await page.keyboard.press("ArrowDown");
        if ((await active()) !== "search-results-0") wrong.push("the arrow does not choose the first result");
        await page.keyboard.press("ArrowUp");
        if (await active()) wrong.push("the arrow does not lead back to the field");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.waitForURL((address) => address.href.endsWith(pack), { timeout: 3000 });
      }));
    }
    judge(`Enter on ${host}`, await visit(base + "index.html", {}, async (page, wrong) => {
      await page.fill("#search", name);
      await page.press("#search", "Enter");
      await page.waitForURL((address) => address.href.endsWith(pack), { timeout: 3000 });
      await page.fill("#search", name.slice(0, 3));
      await page.press("#search", "Enter");
      await page.waitForURL((address) => address.href.endsWith(`search.html?q=${name.slice(0, 3)}`), { timeout: 3000 });
      await page.waitForSelector(".hits li");
      if (!(await page.locator(".hits a").count())) wrong.push("the page of results is empty");
      await page.click(".hits a >> nth=0");
      await page.waitForURL(/\/packs\//, { timeout: 3000 });
    }));
  }
  judge("what is found first among the examples", await visit(`${hosts[0].address}search.html`, {}, (page, wrong) => relevant(page, wrong, relevance.example)));
  judge("Escape closes the results, then leaves the field", await visit(`${hosts[0].address}index.html`, {}, async (page, wrong) => {
    await page.locator("#search").pressSequentially(name);
    await answered(page);
    await page.keyboard.press("Escape");
    if (await page.locator(".top .results").isVisible()) wrong.push("the results stay");
    if ((await page.getAttribute("#search", "aria-expanded")) !== "false") wrong.push("the field says it is open");
    if ((await page.inputValue("#search")) !== name) wrong.push("the text is gone");
    await page.keyboard.press("ArrowDown");
    if (!(await page.locator(".top .results").isVisible())) wrong.push("the arrow does not open them again");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    if (await page.evaluate(() => document.activeElement.id) === "search") wrong.push("the field keeps the focus");
  }));
  judge("search finds nothing for nonsense", await visit(`${hosts[0].address}index.html`, {}, async (page, wrong) => {
    await page.fill("#search", "zzzzqqqq");
    await page.waitForSelector(".results .none", { timeout: 3000 });
    if (!(await page.textContent(".results")).includes("zzzzqqqq")) wrong.push("it does not say what was not found");
    await page.goto(`${hosts[0].address}search.html?q=zzzzqqqq`);
    await page.waitForFunction(() => document.querySelector(".answers .count").textContent.includes("Nothing found for “zzzzqqqq”"), null, { timeout: 3000 });
  }));
  judge("a misspelt word is put right, and that is said", await visit(`${hosts[0].address}search.html?q=disc-keper`, {}, async (page, wrong) => {
    await page.waitForSelector(".hits li");
    if ((await page.textContent(".hits a >> nth=0")) !== "disk-keeper") wrong.push(await page.textContent(".hits"));
    if (!(await page.textContent(".answers .count")).includes("Spelt alike")) wrong.push("it does not say so");
  }));
  const LINE = "Nothing has all of these words; these have some:";
  judge("what has only some of the words is shown under a line", await visit(`${hosts[0].address}search.html?q=bucket+rollout`, {}, async (page, wrong) => {
    await page.waitForSelector(".hits li");
    const count = async () => (await page.textContent(".answers [role=status]"));
    if ((await count()) !== `${LINE} 7 results for “bucket rollout”`) wrong.push(`it says “${await count()}”`);
    if (!(await page.locator(".answers.some").count())) wrong.push("the line is not set apart");
    await page.check('.narrow [value="stackstorm"]');
    await page.waitForFunction(() => document.querySelectorAll(".hits li").length === 3);
    if ((await count()) !== `${LINE} 3 results for “bucket rollout”`) wrong.push(`narrowed, it says “${await count()}”`);
    await page.goto(`${hosts[0].address}search.html?q=disk`);
    await page.waitForSelector(".hits li");
    if (await page.locator(".answers.some").count() || (await count()).includes(LINE)) wrong.push("it is said of what has all words");
  }));
  judge("the line is no result, for arrows and for screen readers", await visit(`${hosts[0].address}index.html`, { bypassCSP: true }, async (page, wrong) => {
    await page.fill("#search", "bucket rollout");
    await answered(page);
    const lines = page.locator(".top .results .line");
    if ((await lines.allTextContents()).join() !== LINE || (await lines.getAttribute("role")) !== "presentation") wrong.push("there is no line");
    if ((await page.textContent(".top form.search [role=status]")) !== `${LINE} 7 results`) wrong.push("it is not announced");
    await page.keyboard.press("ArrowDown");
    if ((await page.getAttribute("#search", "aria-activedescendant")) !== "search-results-0") wrong.push("the arrow does not choose the first result");
    if ((await page.textContent(".top .results [aria-selected=true] strong")) !== "bucket") wrong.push("another one is marked as chosen");
    wrong.push(...await axe(page));
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    if (!(await page.textContent(".top .results [aria-selected=true]")).startsWith("All 7 results")) wrong.push("the last one does not follow the first");
    await page.keyboard.press("ArrowDown");
    await lines.click();
    if (!page.url().endsWith("index.html")) wrong.push("the line leads somewhere");
    if (await page.evaluate(() => document.activeElement.id) !== "search") wrong.push("the line takes the focus");
    // Nothing has exactly this name, though a part of it is the name of something.
    await page.keyboard.press("Enter");
    await page.waitForURL((address) => address.href.endsWith("search.html?q=bucket%20rollout"), { timeout: 3000 });
  }));
  judge("results are narrowed, and the address says how", await visit(`${hosts[1].address}search.html?q=disk`, {}, async (page, wrong) => {
    const count = () => page.locator(".hits li").count();
    await page.waitForSelector(".hits li");
    const all = await count();
    await page.check('.narrow [value="attune"]');
    await page.waitForFunction((all) => document.querySelectorAll(".hits li").length < all, all);
    const attune = await count();
    if (!page.url().endsWith("?q=disk&in=attune")) wrong.push(page.url());
    if (!(await page.evaluate(() => document.activeElement.value === "attune"))) wrong.push("the box lost the focus");
    await page.check('.narrow [value="pack"]');
    await page.waitForFunction((attune) => document.querySelectorAll(".hits li").length < attune, attune);
    if ((await page.locator(".hits a").allTextContents()).join() !== "disk-keeper") wrong.push("the pack is not all that is left");
    await page.reload();
    await page.waitForSelector(".hits li");
    if ((await count()) !== 1 || !(await page.isChecked('.narrow [value="pack"]'))) wrong.push("a reload forgets it");
  }));
  judge("a kind that two ecosystems have is offered once", await visit(`${hosts[0].address}search.html?q=tickets`, {}, async (page, wrong) => {
    await page.waitForSelector(".narrow input");
    const offered = await page.$$eval(".narrow input", (boxes) => boxes.map((box) => `${box.name}:${box.value}`));
    const twice = offered.filter((one, at) => offered.indexOf(one) !== at);
    if (!offered.includes("kind:adapter")) wrong.push(`it offers ${offered.join(", ")}`);
    if (twice.length) wrong.push(`it offers ${twice.join(", ")} twice: two ecosystems have the kind`);
  }));
  judge("more results follow, and the focus with them", await visit(`${hosts[0].address}search.html?q=kind:action`, {}, async (page, wrong) => {
    await page.waitForSelector(".hits li");
    const before = await page.locator(".hits li").count();
    await page.click(".next");
    await page.waitForFunction((before) => document.querySelectorAll(".hits li").length > before, before);
    const at = await page.evaluate(() => [...document.querySelectorAll(".hits a")].indexOf(document.activeElement));
    if (at !== before) wrong.push(`the focus is at result ${at} instead of ${before}`);
  }));
  for (const [scheme, size] of [["light", "desktop"], ["dark", "phone"], ["light", "phone"], ["dark", "desktop"]]) {
    const options = { bypassCSP: true, colorScheme: scheme, viewport: SIZES[size] };
    judge(`search is accessible: ${scheme}, ${size}`, await visit(`${hosts[0].address}search.html?q=disk`, options, async (page, wrong) => {
      await page.waitForSelector(".hits li");
      wrong.push(...await axe(page));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong.push(`the page is ${wide} pixels too wide`);
      if (shots) await page.screenshot({ path: join(shots, `results-${scheme}-${size}.png`), fullPage: true });
      await page.locator("#search").pressSequentially(" k");
      for (const [text, shot] of [["watch", "dropdown"], ["bucket rollout", "some"]]) {
        await page.fill("#search", text);
        await page.waitForFunction((text) => document.querySelector(".results").dataset.for === text, text);
        await page.keyboard.press("ArrowDown");
        wrong.push(...await axe(page));
        if (shots) await page.screenshot({ path: join(shots, `${shot}-${scheme}-${size}.png`) });
      }
      await page.goto(`${hosts[0].address}search.html?q=bucket+rollout`);
      await page.waitForSelector(".hits li");
      wrong.push(...await axe(page));
      if (shots) await page.screenshot({ path: join(shots, `results-some-${scheme}-${size}.png`) });
    }));
  }
  judge("search without JavaScript leads to the list", await visit(`${hosts[1].address}${pack}`, { javaScriptEnabled: false }, async (page, wrong) => {
    await page.fill("#search", name);
    await page.press("#search", "Enter");
    await page.waitForURL(/search\.html\?q=/, { timeout: 3000 });
    if (!(await page.locator("main").textContent()).includes("needs JavaScript")) wrong.push("the page does not say why it is empty");
    await page.click("main a");
    if (!(await page.locator(`a[href$="${name}/index.html"]`).count())) wrong.push("the list does not have the pack");
  }));
  await hostile(site);
  await large(site);
}
