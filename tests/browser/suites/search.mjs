// Search: by keyboard, on every kind of host; and without JavaScript.
import { join } from "node:path";

export default async function ({ files, hosts, places, shots, axe, judge, visit }) {
  const component = files.find((file) => /^packs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/[^/]+\.html$/.test(file));
  const pack = files.find((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file));
  const [, , name] = pack.split("/");
  for (const [host, base] of places) {
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
    wrong.push(...await axe(page));
  }));
  judge("search without JavaScript leads to the list", await visit(`${hosts[1].address}${pack}`, { javaScriptEnabled: false }, async (page, wrong) => {
    await page.fill("#search", name);
    await page.press("#search", "Enter");
    await page.waitForURL(/index\.html\?q=/, { timeout: 3000 });
    if (!(await page.locator(`a[href="${pack}"]`).count())) wrong.push("the home page does not list the pack");
  }));
}
