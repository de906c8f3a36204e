// Two releases are chosen: a page where there is one, the command where there is none; without a script a list of the pages.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export default async function ({ folder, files, places, hosts, shots, SIZES, axe, judge, visit }) {
  const lists = files.filter((file) => /^packs\/[^/]+\/[^/]+\/compare\/index\.html$/.test(file));
  judge("some pack has a choice of releases", lists.length ? [] : ["none has"]);
  const packs = await Promise.all(lists.map(async (list) => {
    const pack = list.slice(0, -"/compare/index.html".length);
    const script = await readFile(join(folder, pack, "versions.js"), "utf8");
    return { list, pack, ...JSON.parse(script.slice(script.indexOf("=") + 1, script.lastIndexOf(";"))) };
  }));
  if (!packs.length) return;
  const names = (pack) => pack.versions.map(([name]) => name);
  const address = (pack, from, to) => `compare/${encodeURIComponent(names(pack)[from])}...${to === "latest" ? to : encodeURIComponent(names(pack)[to])}.html`;
  const fuller = packs.reduce((a, b) => (b.versions.length + 99 * b.ends.length > a.versions.length + 99 * a.ends.length ? b : a));
  const choose = async (page, from, to) => {
    await page.locator(".choose select").first().selectOption(names(fuller)[from]);
    await page.locator(".choose select").last().selectOption(names(fuller)[to]);
  };
  const { latest, before, ends, versions, list } = fuller;
  const newest = before.findIndex((other) => other !== null);
  const alone = versions.flatMap((_, to) => versions.map((_, from) => [from, to]))
    .find(([from, to]) => from > to && before[to] !== from && !(to === latest && ends.includes(from)));

  for (const [name, base] of places) {
    judge(`two releases with a page lead to it, on ${name}`, await visit(`${base}${list}`, {}, async (page, wrong) => {
      await page.locator(".choose select").first().waitFor();
      await choose(page, before[newest], newest);
      await page.locator(".choose a").click();
      if (!page.url().endsWith(address(fuller, before[newest], newest))) wrong.push(`it leads to ${page.url()}`);
      const title = await page.textContent("h1");
      if (!title.includes(names(fuller)[newest])) wrong.push(`the page is about ${title}`);
    }));
    if (ends.length) {
      judge(`an older line leads to the default release, on ${name}`, await visit(`${base}${list}`, {}, async (page, wrong) => {
        await page.locator(".choose select").first().waitFor();
        await choose(page, ends[0], latest);
        await page.locator(".choose a").click();
        if (!page.url().endsWith(address(fuller, ends[0], "latest"))) wrong.push(`it leads to ${page.url()}`);
        // From there to the choice, with the same two.
        await page.locator(".side a", { hasText: "Choose" }).click();
        await page.locator(".choose select").first().waitFor();
        const chosen = await page.locator(".choose select").evaluateAll((lists) => lists.map((list) => list.value));
        if (chosen.join() !== [names(fuller)[ends[0]], names(fuller)[latest]].join()) wrong.push(`${chosen} are chosen`);
      }));
    }
  }
  if (alone) {
    judge("two releases without a page have a command", await visit(`${hosts[0].address}${list}`, {}, async (page, wrong) => {
      await page.locator(".choose select").first().waitFor();
      await choose(page, ...alone);
      const [said, command] = [await page.textContent(".choose [role=status]"), await page.textContent("[data-command]")];
      if (!said.includes("command")) wrong.push(`it says ${said}`);
      if (!command.endsWith(`${names(fuller)[alone[0]]} ${names(fuller)[alone[1]]}`)) wrong.push(`the command is ${command}`);
    }));
  }
  judge("the pages are listed without JavaScript", await visit(`${hosts[0].address}${list}`, { javaScriptEnabled: false }, async (page, wrong) => {
    const rows = await page.locator("main th a").count();
    const expected = before.filter((other) => other !== null).length + ends.length + (before[latest] === null ? 0 : 1);
    if (rows !== expected) wrong.push(`there are ${rows} links, not ${expected}`);
    await page.locator("main th a").first().click();
    if (!page.url().includes("...")) wrong.push(`the first link leads to ${page.url()}`);
  }));
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      judge(`the choice is accessible, ${size} ${colorScheme}`, await visit(`${hosts[0].address}${list}`, { colorScheme, viewport, bypassCSP: true }, async (page, wrong) => {
        await page.locator(".choose select").first().waitFor();
        wrong.push(...await axe(page));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) wrong.push(`the page is ${wide} pixels wider than the screen`);
        if (shots) await page.screenshot({ path: join(shots, `compare-choice-${size}-${colorScheme}.png`), fullPage: true });
      }));
    }
  }
}
