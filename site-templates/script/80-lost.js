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
  const rest = (name ? parts.slice(at + 3) : []).filter((part) => part !== "index.html");
  const add = (way, address, label) => {
    const item = document.createElement("li");
    const link = element("a", "", label);
    link.href = root + address;
    item.append(link);
    guesses[way](item);
  };
  // A pack is offered when it is there; its own address is the one that led here if nothing follows it.
  if (rest.length) {
    const folder = `packs/${encodeURIComponent(ecosystem)}/${encodeURIComponent(name)}`;
    const known = document.createElement("script");
    known.src = `${root}${folder}/versions.js`;
    known.onload = () => add("prepend", `${folder}/index.html`, `The pack ${name}`);
    document.head.append(known);
  }
  const words = (part) => (part ?? "").replace(/\.html$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const texts = new Set([words(rest.at(-1)), words(name ?? parts.at(-1))].filter(Boolean));
  for (const text of texts) add("append", `search.html?q=${encodeURIComponent(text)}`, `Search for “${text}”`);
})();
