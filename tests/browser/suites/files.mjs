// Files: lists, lines with links, copies with the bytes of the release, and what changed within files.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export default async function ({ folder, files, hosts, places, shots, SIZES, axe, judge, visit, url }) {
  const lists = files.filter((file) => /^packs\/[^/]+\/[^/]+\/[^/]+\/files\.html$/.test(file));
  const list = lists[0];
  const pages = files.filter((file) => /^packs\/[^/]+\/[^/]+\/files\/.+\.html$/.test(file));
  const texts = [];
  for (const page of pages) {
    const html = await readFile(join(folder, page), "utf8");
    if (html.includes('id="L40"')) texts.push({ page, longest: Math.max(...html.split("\n").map((line) => line.length)) });
  }
  texts.sort((a, b) => b.longest - a.longest);
  const text = texts[0]?.page;
  judge("a file with many lines is there", text ? [] : ["no page has a line 40"]);
  if (!text) return;

  for (const [host, base] of places) {
    judge(`a line has an address on ${host}`, await visit(`${base}${text}#L30`, {}, async (page, wrong) => {
      const line = page.locator("#L30");
      const look = () => line.evaluate((element) => [getComputedStyle(element).fontWeight, getComputedStyle(element, "::before").content]);
      if ((await look())[1] === "none") wrong.push("the line of the address is not marked");
      const box = await line.boundingBox();
      if (!box || box.y < 40 || box.y > 900) wrong.push(`the line is not in sight: ${JSON.stringify(box)}`);
      await page.click("#L31");
      if (!page.url().endsWith("#L31")) wrong.push(`a click on a number leads to ${page.url()}`);
      if ((await look())[1] !== "none") wrong.push("the line that was left is still marked");
    }));
  }
  judge("lines are reached and passed by keyboard", await visit(`${hosts[0].address}${text}`, {}, async (page, wrong) => {
    await page.focus(".over");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const after = await page.evaluate(() => document.activeElement.closest("pre") === null);
    if (!after) wrong.push("the link past the lines leads into them");
    await page.focus("pre.source");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    if (!page.url().endsWith("#L1")) wrong.push(`enter on the first number leads to ${page.url()}`);
  }));
  judge("lines have addresses without JavaScript", await visit(`${hosts[0].address}${text}#L30`, { javaScriptEnabled: false }, async (page, wrong) => {
    if (await page.locator("pre.source").count() !== 1) wrong.push("there are no lines");
    if (await page.locator("pre.source span").count() === 0) wrong.push("nothing is highlighted");
  }));
  judge("long lines scroll in their box on a phone", await visit(`${hosts[0].address}${text}`, { viewport: SIZES.phone }, async (page, wrong) => {
    const [page_, box] = await page.evaluate(() => {
      const pre = document.querySelector("pre.source");
      return [document.documentElement.scrollWidth - document.documentElement.clientWidth, pre.scrollWidth - pre.clientWidth];
    });
    if (page_ > 0) wrong.push(`the page is ${page_} pixels wider than the screen`);
    if (box <= 0) wrong.push("the longest line of all files fits on a phone");
  }));
  judge("numbers are not copied with the lines", await visit(`${hosts[0].address}${text}`, {}, async (page, wrong) => {
    const copied = await page.evaluate(() => {
      getSelection().selectAllChildren(document.querySelector("pre.source"));
      return getSelection().toString();
    });
    const raw = await readFile(join(folder, text.replace(/html$/, "txt")), "utf8");
    if (copied.trimEnd() !== raw.trimEnd()) wrong.push(`selected: ${JSON.stringify(copied.slice(0, 80))}`);
  }));

  // A Markdown file is rendered above its source.
  const documents = [];
  for (const page of pages.filter((page) => page.endsWith(".md.html"))) {
    const html = await readFile(join(folder, page), "utf8");
    if (html.includes('id="source"') && html.includes('id="L9"')) documents.push(page);
  }
  judge("some Markdown file is rendered", documents.length ? [] : ["none is"]);
  for (const [name, javaScriptEnabled] of [["with", true], ["without", false]]) {
    if (!documents.length) break;
    judge(`a line of a Markdown file has an address ${name} JavaScript`, await visit(`${hosts[0].address}${documents[0]}#L9`, { javaScriptEnabled }, async (page, wrong) => {
      const box = await page.locator("#L9").boundingBox();
      if (!box || box.y < 40 || box.y > 900) wrong.push(`the line is not in sight: ${JSON.stringify(box)}`);
      if (await page.locator(".document :is(h3, p, ul)").count() === 0) wrong.push("nothing is rendered");
      await page.locator(".deeds a", { hasText: "Source" }).click();
      if (!page.url().endsWith("#source")) wrong.push(`the way to the source leads to ${page.url()}`);
    }));
  }

  // Every copy has the bytes that the lists of the releases name, and a name that no browser runs.
  const sums = new Map();
  for (const file of files.filter((file) => /^packs\/[^/]+\/[^/]+\/[^/]+\/SHA256SUMS$/.test(file))) {
    const pack = file.split("/").slice(0, 3).join("/");
    for (const line of (await readFile(join(folder, file), "utf8")).split("\n").filter(Boolean)) sums.set(`${pack} ${line.slice(0, 64)}`, line.slice(66));
  }
  const copies = files.filter((file) => /^packs\/[^/]+\/[^/]+\/files\//.test(file) && !file.endsWith(".html"));
  const strange = copies.filter((file) => !/\.(txt|bin|png|jpg|gif|webp)$/.test(file));
  judge("copies have names that no browser runs", strange);
  const foreign = [];
  for (const copy of copies) {
    const digest = createHash("sha256").update(await readFile(join(folder, copy))).digest("hex");
    if (!sums.has(`${copy.split("/").slice(0, 3).join("/")} ${digest}`)) foreign.push(copy);
  }
  judge("copies have the bytes of a release", copies.length ? foreign : ["there are no copies"]);
  judge("a download has the name and the bytes of the file", await visit(`${hosts[1].address}${text}`, {}, async (page, wrong) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".deeds a[download]")]);
    const bytes = await readFile(await download.path());
    const digest = (await page.textContent(".facts .digest")).trim();
    const name = (await page.textContent("h1")).trim();
    if (download.suggestedFilename() !== name) wrong.push(`it is called ${download.suggestedFilename()}, not ${name}`);
    if (createHash("sha256").update(bytes).digest("hex") !== digest) wrong.push("it has other bytes than the page says");
    if (sums.get(`${text.split("/").slice(0, 3).join("/")} ${digest}`)?.split("/").at(-1) !== name) wrong.push("the release does not list it");
  }));

  judge("a list of files leads to them", await visit(`${hosts[0].address}${list}`, {}, async (page, wrong) => {
    const name = await page.locator(".files th a").first().textContent();
    await page.locator(".files th a").first().click();
    if ((await page.textContent("h1")).trim() !== name.trim()) wrong.push(`${name} leads to ${await page.textContent("h1")}`);
    await page.locator(".crumbs a").last().click();
    if (!page.url().includes("/files.html")) wrong.push(`the way back leads to ${page.url()}`);
  }));

  const compare = [];
  for (const file of files.filter((file) => /\/compare\/[^/]+\.html$/.test(file))) {
    const html = await readFile(join(folder, file), "utf8");
    if (html.length > 200_000) compare.push({ file, wrong: `${html.length} bytes` });
    else if (html.includes('class="diff"') && html.includes("<ins>")) compare.push({ file });
  }
  judge("pages that compare are small", compare.filter((one) => one.wrong).map((one) => `${one.file}: ${one.wrong}`));
  const differs = compare.find((one) => !one.wrong)?.file;
  judge("some page shows lines that changed", differs ? [] : ["no page has any"]);
  if (!differs) return;
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      judge(`lines that changed are accessible, ${size} ${colorScheme}`, await visit(url(hosts[0], differs), { colorScheme, viewport, bypassCSP: true }, async (page, wrong) => {
        for (const summary of await page.locator("details.diff:not([open]) > summary").all()) await summary.click();
        wrong.push(...await axe(page));
        const marks = await page.locator(".diff ins").evaluateAll((lines) => lines.every((line) => /^\d+\+ /.test(line.textContent)));
        if (!marks) wrong.push("a line that came has no +");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) wrong.push(`the page is ${wide} pixels wider than the screen`);
        if (shots) await page.screenshot({ path: join(shots, `diff-${size}-${colorScheme}.png`), fullPage: true });
      }));
    }
  }
  judge("a changed line leads to itself in the file", await visit(url(hosts[0], differs), {}, async (page, wrong) => {
    const line = page.locator(".diff ins a").first();
    await page.locator("details.diff:has(ins a) > summary").first().click();
    const open = await line.isVisible();
    if (!open) await page.locator("details.diff:has(ins a) > summary").first().click();
    const said = (await line.evaluate((link) => link.parentElement.textContent)).replace(/^\d+\+ /, "").replace(/␣$/, "");
    await line.click();
    const anchor = new URL(page.url()).hash;
    const lines = (await (await fetch(page.url().split("#")[0].replace(/html$/, "txt"))).text()).split("\n");
    if (lines[Number(anchor.slice(2)) - 1] !== said) wrong.push(`${anchor} is ${lines[Number(anchor.slice(2)) - 1]}, not ${said}`);
  }));
}
