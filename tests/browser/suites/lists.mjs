// Lists that can be narrowed: by hand, by address, and not at all without JavaScript.
import { join } from "node:path";

export default async function ({ files, hosts, places, shots, axe, judge, visit }) {
  const cards = (page) => page.locator("[data-card]:visible").count();
  for (const [host, base] of places) {
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
    wrong.push(...await axe(page));
    const dates = await page.locator(".group").first().locator("[data-card] time").evaluateAll((times) => times.map((time) => time.dateTime));
    if (dates.some((date, number) => number > 0 && date > dates[number - 1])) wrong.push("the newest is not first");
  }));
  judge("lists are whole without JavaScript", await visit(`${hosts[0].address}index.html?kind=action`, { javaScriptEnabled: false }, async (page, wrong) => {
    const packs = files.filter((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file)).length;
    if (await cards(page) !== packs) wrong.push(`${await cards(page)} of ${packs} packs are shown`);
  }));
}
