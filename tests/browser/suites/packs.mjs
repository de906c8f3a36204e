// Pages of packs: the version picker, copy buttons, anchors of fields, closed parts, the filter of long lists.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Reads what the picker of a pack reads. */
async function versionsOf(folder, file) {
  const script = await readFile(join(folder, file), "utf8");
  return JSON.parse(script.slice(script.indexOf("=") + 1, script.lastIndexOf(";")));
}

export default async function ({ folder, files, places, hosts, shots, SIZES, axe, judge, visit }) {
  const packs = await Promise.all(files.filter((file) => /^packs\/[^/]+\/[^/]+\/versions\.js$/.test(file))
    .map(async (file) => ({ pack: file.slice(0, -"/versions.js".length), ...await versionsOf(folder, file) })));
  const page = (pack, at, path) => `${pack.pack}/${encodeURIComponent(pack.versions[at][0])}/${path}`;
  const componentsOf = (pack, at) => {
    const below = `${pack.pack}/${pack.versions[at][0]}/`;
    return files.filter((file) => file.startsWith(below) && /^[^/]+\/[^/]+\.html$/.test(file.slice(below.length))).map((file) => file.slice(below.length));
  };
  const choose = (is) => {
    for (const pack of packs) {
      for (let at = 0; at + 1 < pack.versions.length; at += 1) {
        const path = componentsOf(pack, at).find((path) => is(pack, path, at));
        if (path) return { pack, at, path };
      }
    }
    return undefined;
  };
  const kept = choose((pack, path, at) => !pack.pages[path] && at !== pack.latest) ?? choose((pack, path) => !pack.pages[path]);
  const young = choose((pack, path, at) => pack.pages[path]?.[0] === at && pack.pages[path][1] === at + 1);
  judge("some pack has a component in two versions, and one that is newer", [!kept && "none is in two", !young && "none is newer"].filter(Boolean));
  if (!kept || !young) return;

  const open = async (page) => {
    await page.locator("summary.picker").click();
    await page.locator(".picks a").first().waitFor();
  };
  for (const [name, address] of places) {
    const { pack, at, path } = kept;
    const other = at === 0 ? 1 : 0;
    judge(`the picker stays on the component, on ${name}`, await visit(`${address}${page(pack, at, path)}`, {}, async (page_, wrong) => {
      await open(page_);
      const shown = await page_.locator(".picks a").evaluateAll((links) => links.map((link) => link.firstChild.textContent));
      if (shown.join() !== pack.versions.map(([version]) => version).join()) wrong.push(`the list is ${shown}`);
      const current = await page_.locator(".picks a[aria-current=page]").evaluate((link) => link.firstChild.textContent);
      if (current !== pack.versions[at][0]) wrong.push(`${current} is said to be the page's own`);
      for (const [index, [, , status]] of pack.versions.entries()) {
        const badges = await page_.locator(".picks li").nth(index).locator(".badge").allTextContents();
        if (status && !badges.includes(status)) wrong.push(`${status} is not marked`);
      }
      await page_.locator(".picks a").nth(other).click();
      await page_.waitForLoadState();
      if (!page_.url().endsWith(page(pack, other, path))) wrong.push(`it leads to ${page_.url()}`);
    }));
    const without = young.at + 1;
    judge(`a component that a version lacks leads to its page, which says so, on ${name}`, await visit(`${address}${page(young.pack, young.at, young.path)}`, {}, async (page_, wrong) => {
      await open(page_);
      const link = page_.locator(".picks a").nth(without);
      if (!(await link.textContent()).includes("not in this version")) wrong.push("the list does not say it");
      await link.click();
      await page_.waitForLoadState();
      const said = await page_.locator(".notice[role=status]").textContent();
      if (!said.includes(young.path.slice(0, -5))) wrong.push(`it says ${said}`);
    }));
  }

  const address = hosts[0].address;
  const component = `${address}${page(kept.pack, kept.at, kept.path)}`;
  judge("the picker by keyboard alone", await visit(component, {}, async (page_, wrong) => {
    await page_.locator("summary.picker").focus();
    await page_.keyboard.press("Enter");
    await page_.locator(".picks a").first().waitFor();
    const focused = () => page_.evaluate(() => document.activeElement.firstChild?.textContent);
    await page_.keyboard.press("End");
    if (await focused() !== kept.pack.versions.at(-1)[0]) wrong.push(`End goes to ${await focused()}`);
    await page_.keyboard.press("Home");
    await page_.keyboard.press("ArrowDown");
    if (await focused() !== kept.pack.versions[1][0]) wrong.push(`the arrow goes to ${await focused()}`);
    await page_.keyboard.press("Escape");
    if (await page_.locator("details.pick[open]").count()) wrong.push("Escape does not close it");
    if (await page_.evaluate(() => document.activeElement.className) !== "picker") wrong.push("the focus is lost");
    await page_.keyboard.press("Enter");
    await page_.locator(".picks a").first().waitFor();
    await page_.mouse.click(5, 400);
    if (await page_.locator("details.pick[open]").count()) wrong.push("a click elsewhere does not close it");
  }));
  judge("the picker without JavaScript is a link to all versions", await visit(component, { javaScriptEnabled: false }, async (page_, wrong) => {
    await page_.locator("a.picker").click();
    if (!page_.url().endsWith(`${kept.pack.pack}/index.html#versions`)) wrong.push(`it leads to ${page_.url()}`);
  }));
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      judge(`the open picker, ${size} ${colorScheme}`, await visit(component, { viewport, colorScheme, bypassCSP: true }, async (page_, wrong) => {
        const before = await page_.locator("main").evaluate((main) => main.getBoundingClientRect().height);
        await open(page_);
        const after = await page_.locator("main").evaluate((main) => main.getBoundingClientRect().height);
        if (before !== after) wrong.push("the page moves when it opens");
        const outside = await page_.locator(".picks").evaluate((list) => {
          const { left, right } = list.getBoundingClientRect();
          return left < 0 || right > document.documentElement.clientWidth || document.documentElement.scrollWidth > document.documentElement.clientWidth;
        });
        if (outside) wrong.push("it does not fit on the screen");
        wrong.push(...await axe(page_));
        if (shots) await page_.screenshot({ path: join(shots, `picker-${size}-${colorScheme}.png`) });
      }));
    }
  }

  const permissions = ["clipboard-read", "clipboard-write"];
  judge("commands and digests are copied, and it is said", await visit(`${address}${kept.pack.pack}/index.html`, { permissions }, async (page_, wrong) => {
    // What lies in a closed part has the focus only once that is open.
    await page_.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
    const texts = await page_.locator("[data-copy], .snippet pre").allTextContents();
    const buttons = page_.locator("button.copy");
    const names = await buttons.evaluateAll((all) => all.map((button) => button.getAttribute("aria-label")));
    if (texts.length < 3 || names.length !== texts.length) wrong.push(`${texts.length} texts have ${names.length} buttons`);
    if (new Set(names).size !== names.length) wrong.push(`two buttons have one name: ${names}`);
    for (const [at, text] of texts.entries()) {
      await buttons.nth(at).press("Enter");
      const said = names[at].replace("Copy", "Copied");
      await page_.waitForFunction((said) => [...document.querySelectorAll("[role=status]")].some((place) => place.textContent === said), said, { timeout: 5000 });
      const copied = await page_.evaluate(() => navigator.clipboard.readText());
      if (copied.trim() !== text.trim()) wrong.push(`${said}: it is ${copied}`);
    }
  }));
  judge("what cannot be copied without JavaScript has no button", await visit(`${address}${kept.pack.pack}/index.html`, { javaScriptEnabled: false }, async (page_, wrong) => {
    if (await page_.locator("button.copy").count()) wrong.push("there is one");
  }));

  // A field within a closed part is found by its anchor.
  const texts = await Promise.all(files.filter((file) => /^packs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/[^/]+\.html$/.test(file))
    .map(async (file) => [file, await readFile(join(folder, file), "utf8")]));
  const closed = texts.map(([file, text]) => [file, /<details>\s*<summary>[^<]*fields? that follow[\s\S]*?<tr id="([^"]+)"/.exec(text)?.[1]]).find(([, id]) => id);
  if (closed) {
    judge("an anchor within a closed part opens it", await visit(`${address}${closed[0].split("/").map(encodeURIComponent).join("/")}#${closed[1]}`, {}, async (page_, wrong) => {
      const row = page_.locator(`tr[id="${closed[1]}"]`);
      if (!await row.isVisible()) wrong.push("the field is not shown");
      if (!await row.evaluate((row) => { const { top, bottom } = row.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })) wrong.push("it is not on the screen");
    }));
  }

  judge("the health page says what to mend, on a phone too", await visit(`${address}health.html`, { viewport: SIZES.phone, bypassCSP: true }, async (page_, wrong) => {
    if (await page_.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wrong.push("it is wider than the screen");
    wrong.push(...await axe(page_));
    if (shots) await page_.screenshot({ path: join(shots, "health-phone.png"), fullPage: true });
  }));
}
