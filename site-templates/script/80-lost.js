// Where somebody may have wanted to go who came to an address that is none.
(() => {
  "use strict";

  const guesses = document.querySelector("[data-guesses]");
  if (!guesses) return;
  const { root, element } = packyard;
  let parts = [];
  try { parts = decodeURIComponent(location.pathname).split("/").filter(Boolean); } catch { return; }
  const at = parts.lastIndexOf("packs");
  const [ecosystem, name] = at < 0 ? [] : parts.slice(at + 1);
  const ways = [];
  if (name && !name.endsWith(".html")) {
    ways.push([`packs/${encodeURIComponent(ecosystem)}/${encodeURIComponent(name)}/index.html`, `The pack ${name}`]);
  }
  const words = (name ?? parts.at(-1) ?? "").replace(/\.html$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  if (words) ways.push([`index.html?q=${encodeURIComponent(words)}`, `Search for “${words}”`]);
  guesses.append(...ways.map(([address, label]) => {
    const item = document.createElement("li");
    const link = element("a", "", label);
    link.href = root + address;
    item.append(link);
    return item;
  }));
})();
