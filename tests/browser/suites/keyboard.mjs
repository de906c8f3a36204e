// The keyboard alone.
export default async function ({ files, hosts, judge, visit }) {
  const pack = files.find((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file));
  judge("keyboard reaches the content by the skip link", await visit(`${hosts[0].address}${pack}`, {}, async (page, wrong) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    if (await page.evaluate(() => document.activeElement.id) !== "content") wrong.push("the skip link does not move the focus");
  }));
}
