// Search as you type.
(() => {
  "use strict";

  const { root, element } = packyard;
  const input = document.getElementById("search");
  const form = input.form;
  const MOST = 20;
  let loading = null;
  let entries = [];
  let active = -1;

  // The index is a script because browsers refuse to fetch from file://.
  const load = () => (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}search/index.js`;
    script.onload = () => resolve(unpack(window.packyardIndex));
    script.onerror = () => { loading = null; reject(new Error("the search index could not be loaded")); };
    document.head.append(script);
  }));

  const unpack = ({ packs, kinds, components }) => packs
    .map(([id, title, summary, keywords, folder]) => ({
      name: id.split("/")[1], reference: id, isPack: true, where: `Pack in ${id.split("/")[0]}`, summary: [title, summary].filter(Boolean).join(": "),
      words: `${id} ${title} ${keywords} ${summary}`.toLowerCase(), keywords: keywords.toLowerCase().split(" "),
      href: `${folder.slice(0, folder.lastIndexOf("/"))}/index.html`, bonus: 2,
    }))
    .concat(components.map(([pack, kind, name, reference, summary, page]) => ({
      name, reference, where: `${kinds[kind]} in ${packs[pack][0]}`, summary,
      words: `${reference} ${name} ${summary}`.toLowerCase(), keywords: [], href: `${packs[pack][4]}/${page}`, bonus: 0,
    })))
    .map((entry) => ({ ...entry, lowName: entry.name.toLowerCase(), lowReference: entry.reference.toLowerCase() }));

  // Every word must be found; the exact name comes first, then beginnings, then parts of names, then the rest.
  const score = (entry, query, terms) => {
    if (!terms.every((term) => entry.words.includes(term))) return 0;
    const { lowName: name, lowReference: reference } = entry;
    let points = 1 + entry.bonus;
    if (name === query || reference === query) points += 100;
    else if (name.startsWith(query) || reference.startsWith(query)) points += 50;
    else if (name.includes(query) || reference.includes(query)) points += 30;
    else if (terms.every((term) => reference.includes(term) || name.includes(term))) points += 20;
    if (terms.some((term) => entry.keywords.includes(term))) points += 10;
    return points - Math.min(name.length, 40) / 50;
  };

  const find = (index, text) => {
    const query = text.trim().toLowerCase();
    const terms = query.split(/\s+/).filter(Boolean);
    if (!terms.length) return [];
    return index
      .map((entry) => [score(entry, query, terms), entry])
      .filter(([points]) => points > 0)
      .sort((a, b) => b[0] - a[0] || (a[1].reference < b[1].reference ? -1 : 1))
      .slice(0, MOST)
      .map(([, entry]) => entry);
  };

  const list = document.createElement("ul");
  list.id = "search-results";
  list.className = "results";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Search results");
  form.append(list);
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  form.append(status);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }

  const select = (at) => {
    active = at;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    const item = list.children[at];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    select(-1);
  };

  const show = (text) => {
    list.replaceChildren(...entries.map((entry, number) => {
      const item = document.createElement("li");
      item.id = `search-result-${number}`;
      item.setAttribute("role", "option");
      item.append(element("strong", "", entry.isPack ? entry.name : entry.reference), " ", element("span", "where", entry.where));
      if (entry.summary) item.append(element("span", "summary", entry.summary));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); go(entry); });
      return item;
    }));
    list.hidden = !entries.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = entries.length ? `${entries.length} results` : `Nothing found for ${text}`;
    if (!entries.length) {
      const none = element("li", "none", `Nothing found for “${text}”`);
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      list.replaceChildren(none);
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }
    select(entries.length ? 0 : -1);
  };

  const go = (entry) => { location.href = root + entry.href; };

  const search = async () => {
    const text = input.value;
    if (!text.trim()) { entries = []; status.textContent = ""; close(); return; }
    const index = await load();
    if (text !== input.value) return;
    entries = find(index, text);
    show(text.trim());
  };

  input.addEventListener("focus", () => load().catch(() => {}));
  input.addEventListener("input", () => search().catch(() => {}));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (list.hidden) input.blur(); else close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && entries.length) {
      if (list.hidden) { show(input.value.trim()); } else {
        select((active + (event.key === "ArrowDown" ? 1 : entries.length - 1)) % entries.length);
      }
    } else {
      return;
    }
    event.preventDefault();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await search().catch(() => {});
    const chosen = entries[Math.max(active, 0)];
    if (chosen) go(chosen);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    input.value = asked;
    input.focus();
    search().catch(() => {});
  }
})();
