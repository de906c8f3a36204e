// Who comes to an address that is none is led on, as far as there is somewhere to go.
export default async function ({ files, hosts, judge, visit }) {
  const pack = files.find((file) => /^packs\/[^/]+\/[^/]+\/index\.html$/.test(file)).replace(/\/index\.html$/, "");
  const [, ecosystem, name] = pack.split("/");
  const words = (text) => text.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  // The page for what is not there, and the question whether a pack is there.
  const isExpected = (words) => words === "status 404" || /Failed to load resource.*404|Refused to execute script .*\/versions\.js/.test(words);
  const lost = async (what, path, expected) => {
    const wrong = await visit(`${hosts[0].address}${path}`, {}, async (page, wrong) => {
      await page.waitForFunction((number) => document.querySelectorAll("[data-guesses] a").length >= number, expected.length, { timeout: 3000 });
      await page.waitForTimeout(200);
      const ways = await page.locator("[data-guesses] a").evaluateAll((links) => links.map(({ textContent, href }) => [textContent, href]));
      const found = ways.map(([text]) => text);
      if (String(found) !== String(expected)) wrong.push(`it offers ${found.join(", ")}`);
      if (ways.some(([, href]) => href === page.url())) wrong.push("it leads to itself");
    });
    judge(`${what} is led on`, wrong.filter((words) => !isExpected(words)));
  };
  await lost("a misspelt component of a pack", `${pack}/action/no_such-one.html`, [`The pack ${name}`, "Search for “no such one”", `Search for “${words(name)}”`]);
  await lost("a misspelt component of no pack", `packs/${ecosystem}/not-${name}/action/it.html`, ["Search for “it”", `Search for “${words(`not-${name}`)}”`]);
  await lost("a misspelt pack", `packs/${ecosystem}/not-${name}/index.html`, [`Search for “${words(`not-${name}`)}”`]);
  await lost("any other address", "guides/first-steps.html", ["Search for “first steps”"]);
}
