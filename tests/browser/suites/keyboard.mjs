// The keyboard alone.
export default async function ({ files, hosts, judge, visit }) {
  const pack = files.find((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file));
  judge("keyboard reaches the content by the skip link", await visit(`${hosts[0].address}${pack}`, {}, async (page, wrong) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    if (await page.evaluate(() => document.activeElement.id) !== "content") wrong.push("the skip link does not move the focus");
  }));
  judge("the home page waits for what is typed", await visit(`${hosts[0].address}index.html`, {}, async (page, wrong) => {
    if (await page.evaluate(() => document.activeElement.id) !== "find") wrong.push("its field has not the focus");
    if (await page.evaluate(() => "packyardSearch" in window)) wrong.push("the search is loaded before a letter is typed");
    await page.keyboard.type("a");
    await page.waitForSelector(".hero .results:not([hidden]) li");
  }));
  judge("a phone shows the home page and no keyboard", await visit(`${hosts[0].address}index.html`, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (page, wrong) => {
    if (await page.evaluate(() => document.activeElement !== document.body)) wrong.push("something has the focus");
  }));
}
