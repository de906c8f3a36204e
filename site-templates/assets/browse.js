// Lists of packs can be narrowed and sorted; every state has its address. Without this script they are plain pages.
//
// A list of one page is narrowed in the page. Of a longer one all packs are in a script, which is loaded when somebody first narrows or sorts.
(() => {
  "use strict";

  const place = document.getElementById("browse");
  if (!place) return;
  const { root } = document.querySelector("script[data-root]").dataset;
  const find = (selector) => place.querySelector(selector);
  const filters = find(".filters");
  const list = find(".cards");
  const found = find(".found");
  const chosen = find(".chosen");
  const nothing = find(".nothing");
  const further = find(".further");
  const pages = find(".pages");
  const sort = find("select[name=sort]");
  const WINDOW = 60;
  const SEEN = 8;
  const MONTHS = "January February March April May June July August September October November December".split(" ");

  const make = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  /** Returns a name in which a long one may be broken between its parts, as the template writes it. */
  const breakable = (name) => (name.length > 16 ? name.split(/(?<=[_.\-/])(?=[\p{L}\p{N}])/u) : [name])
    .flatMap((part, at) => (at ? [make("wbr", {}), part] : [part]));
  const toDay = (days) => new Date(days * 86_400_000).toISOString().slice(0, 10);
  const count = (number) => `${number.toLocaleString("en")} ${number === 1 ? "pack" : "packs"}`;

  // 1. What there is to choose: a facet has a name, its options, and whether a pack must have all that are chosen.
  const facets = [...place.querySelectorAll("[data-facet]")].map((details) => ({
    name: details.dataset.facet, all: "all" in details.dataset, details, options: new Map(),
  }));
  const optionOf = (label) => ({ box: label.querySelector("input"), words: label.querySelector("span").textContent, note: label.querySelector(".note"), label });
  for (const facet of facets) {
    for (const label of facet.details.querySelectorAll("label")) {
      const option = optionOf(label);
      facet.options.set(option.box.value, option);
    }
    facet.first = [...facet.options].filter(([, { label }]) => !label.parentElement.hidden).map(([value]) => value);
  }
  const addOption = (facet, value) => {
    if (facet.options.has(value)) return;
    const box = make("input", { type: "checkbox", value });
    const label = make("label", {}, box, make("span", {}, value), " ", make("span", { class: "note" }));
    facet.details.querySelector("ul").append(make("li", {}, label));
    facet.options.set(value, optionOf(label));
  };

  // 2. The packs: each with its values by facet, what it is sorted by, and its card.
  const ofPage = () => [...list.children].map((card, at) => {
    const values = (name) => (card.dataset[name] ?? "").split("\t").filter(Boolean);
    const { day, first, components } = card.dataset;
    return {
      at, day, first, components: Number(components), card: () => card,
      values: Object.fromEntries(["ecosystem", "kind", "requires", "licence", "keyword", "status"].map((name) => [name, values(name)])),
    };
  });

  const ofData = (data) => data.name.map((name, at) => {
    const [ecosystem, title] = data.ecosystems[data.ecosystem[at]];
    const kinds = [];
    let components = 0;
    for (let i = 0; i < data.components[at].length; i += 2) {
      const [key, one, several] = data.kinds[data.components[at][i]];
      const number = data.components[at][i + 1];
      components += number;
      kinds.push([key, `${number} ${number === 1 ? one : several}`]);
    }
    const status = data.statuses[data.status[at]];
    const words = data.words[at].map((number) => data.keywords[number]);
    const day = data.day[at];
    return {
      at, day, first: data.first[at], components,
      values: {
        ecosystem: [ecosystem], kind: kinds.map(([key]) => key), requires: data.needs[at].map((number) => data.requirements[number]),
        licence: [data.licences[data.licence[at]]], keyword: words.map((word) => word.toLowerCase()), status: [status],
      },
      card: () => card({
        ecosystem, of: title, name, title: data.title[at], summary: data.summary[at], version: data.version[at], day: toDay(day),
        kinds: kinds.map(([, words]) => words), status: status === "stable" ? "" : status, words: words.slice(0, data.shown),
      }),
    };
  });

  /** Makes the card of a pack as the template `card` does. */
  const card = (pack) => {
    const made = make("li", { class: pack.status ? `card is-${pack.status}` : "card" });
    const of = make("p", { class: "of" }, pack.of);
    if (pack.status) of.append(" ", make("span", { class: `badge ${pack.status}` }, pack.status));
    made.append(of, make("h3", {}, make("a", { href: `${root}packs/${pack.ecosystem}/${pack.name}/index.html` }, ...breakable(pack.name))));
    if (pack.title) made.append(make("p", { class: "subtitle" }, pack.title));
    made.append(make("p", { class: "summary" }, pack.summary));
    const meta = make("p", { class: "meta" }, make("span", {}, pack.version));
    const [year, month, day] = pack.day.split("-").map(Number);
    meta.append(pack.status === "draft" ? make("span", {}, "not released")
      : make("span", {}, make("time", { datetime: pack.day }, `${day} ${MONTHS[month - 1]} ${year}`)));
    meta.append(...pack.kinds.map((words) => make("span", {}, words)));
    made.append(meta);
    if (pack.words.length) {
      const link = (word) => make("a", { href: `${root}packs/index.html?keyword=${encodeURIComponent(word.toLowerCase())}` }, word);
      made.append(make("ul", { class: "tags" }, ...pack.words.map((word) => make("li", {}, link(word)))));
    }
    return made;
  };

  let loading = null;
  const load = () => (loading ??= place.dataset.script ? new Promise((resolve, reject) => {
    const script = make("script", { src: place.dataset.script });
    script.onload = () => resolve(ofData(window.packyardBrowse));
    script.onerror = () => { loading = null; script.remove(); reject(new Error("the list of packs could not be loaded")); };
    document.head.append(script);
  }) : Promise.resolve(ofPage()));

  // 3. The state is what is checked and sorted by, and stands in the address.
  const stateOf = (query) => ({
    wanted: new Map(facets.map((facet) => [facet, new Set(query.getAll(facet.name).map((value) => value.toLowerCase()).filter(Boolean))])),
    order: [...sort.options].some((option) => option.value === query.get("sort")) ? query.get("sort") : "",
  });
  const queryOf = ({ wanted, order }) => {
    const query = new URLSearchParams();
    for (const [facet, values] of wanted) for (const value of values) query.append(facet.name, value);
    if (order) query.set("sort", order);
    return query;
  };
  const current = () => ({
    wanted: new Map(facets.map((facet) => [facet, new Set([...facet.options.values()].filter(({ box }) => box.checked).map(({ box }) => box.value))])),
    order: sort.value,
  });

  const suits = (pack, facet, values) => {
    if (!values.size) return true;
    const has = pack.values[facet.name];
    return facet.all ? [...values].every((value) => has.includes(value)) : has.some((value) => values.has(value));
  };
  const ORDERS = {
    updated: (a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : a.at - b.at),
    new: (a, b) => (a.first < b.first ? 1 : a.first > b.first ? -1 : a.at - b.at),
    components: (a, b) => b.components - a.components || a.at - b.at,
  };

  // 4. Shows a state. The page as it came is the state in which nothing is chosen.
  const asItCame = { cards: [...list.children], words: [...found.childNodes] };
  let shown = [];
  let made = 0;

  /** Says at every value how many packs there would be with it. */
  const recount = (packs, wanted) => {
    for (const facet of facets) {
      // Of a facet of which one value suffices, its own choice takes nothing away from its other values.
      const others = [...wanted].filter(([other]) => facet.all || other !== facet);
      const numbers = new Map();
      for (const pack of packs) {
        if (!others.every(([other, values]) => suits(pack, other, values))) continue;
        for (const value of pack.values[facet.name]) numbers.set(value, (numbers.get(value) ?? 0) + 1);
      }
      showMost(facet, numbers, [...wanted.values()].some((values) => values.size));
      for (const [value, { note, label }] of facet.options) {
        const number = numbers.get(value) ?? 0;
        note.textContent = number.toLocaleString("en");
        label.classList.toggle("is-empty", number === 0);
      }
    }
  };

  /** Of a facet that shows some of its values only, shows those that most of the packs have. */
  const showMost = (facet, numbers, isNarrowed) => {
    if (!facet.details.querySelector(".more")) return;
    const order = ([a, most], [b, others]) => others - most || (a < b ? -1 : 1);
    const seen = new Set(isNarrowed ? [...numbers].sort(order).slice(0, SEEN).map(([value]) => value) : facet.first);
    seen.forEach((value) => addOption(facet, value));
    for (const [value, { box, label }] of facet.options) {
      label.parentElement.hidden = !seen.has(value) && !box.checked && box !== document.activeElement;
    }
  };

  const showChosen = (wanted) => {
    const taken = [...wanted].flatMap(([facet, values]) => [...values].map((value) => [facet, value]));
    chosen.replaceChildren(...taken.map(([facet, value]) => {
      const words = facet.options.get(value)?.words ?? value;
      const button = make("button", { type: "button" }, words, make("span", { class: "unseen" }, ": take this filter away"));
      button.addEventListener("click", () => {
        facet.options.get(value).box.checked = false;
        changed();
        (chosen.querySelector("button") ?? found).focus();
      });
      return make("li", {}, button);
    }));
    if (taken.length > 1) chosen.append(make("li", {}, make("button", { type: "button", class: "all", "data-reset": "" }, "Clear all")));
    chosen.hidden = !taken.length;
    const opener = find(".opener .note");
    if (opener) opener.textContent = taken.length || "";
  };

  const showMore = () => {
    const next = shown.slice(made, made + WINDOW).map((pack) => pack.card());
    made += next.length;
    list.append(...next);
    further.hidden = made >= shown.length;
    return next[0];
  };
  further.addEventListener("click", () => showMore()?.querySelector("a").focus());

  let turn = 0;
  const show = async () => {
    const state = current();
    const { wanted, order } = state;
    const mine = ++turn;
    const isNarrowed = [...wanted.values()].some((values) => values.size);
    showChosen(wanted);
    if (!isNarrowed && !order && !loading) return;
    let packs;
    try { packs = await load(); } catch (error) {
      found.textContent = `Sorry: ${error.message}.`;
      return;
    }
    if (mine !== turn) return;
    recount(packs, wanted);
    const isPlain = !isNarrowed && !order;
    shown = packs.filter((pack) => [...wanted].every(([facet, values]) => suits(pack, facet, values)));
    if (order) shown.sort(ORDERS[order]);
    nothing.hidden = shown.length > 0;
    if (pages) pages.hidden = !isPlain;
    further.hidden = true;
    if (isPlain) {
      list.replaceChildren(...asItCame.cards);
      found.replaceChildren(...asItCame.words);
      return;
    }
    found.replaceChildren(make("strong", {}, isNarrowed ? `${shown.length.toLocaleString("en")} of ${count(packs.length)}` : count(packs.length)));
    list.replaceChildren();
    made = 0;
    if (place.dataset.script) showMore();
    else list.append(...shown.map((pack) => pack.card()));
  };

  // 5. Puts a state from the address into the controls, and one of the controls into the address.
  const read = () => {
    const { wanted, order } = stateOf(new URLSearchParams(location.search));
    for (const [facet, values] of wanted) {
      for (const value of values) {
        addOption(facet, value);
        facet.options.get(value).label.parentElement.hidden = false;
        facet.details.open = true;
      }
      for (const [value, { box }] of facet.options) box.checked = values.has(value);
    }
    sort.value = order;
    return show();
  };
  const changed = () => {
    const query = String(queryOf(current()));
    if ("elsewhere" in place.dataset) {
      // Pages after the first are parts of the plain list only.
      location.href = new URL(`index.html${query ? `?${query}` : ""}`, location.href);
      return;
    }
    const address = new URL(location.href);
    address.search = query;
    // A page opened from the disk may keep no history in some browsers.
    try { if (address.href !== location.href) history.pushState(null, "", address); } catch { /* the list is narrowed all the same */ }
    show();
  };

  place.addEventListener("change", (event) => { if (event.target.matches("select, input")) changed(); });
  place.addEventListener("click", (event) => {
    if (!event.target.matches("[data-reset]")) return;
    for (const facet of facets) for (const { box } of facet.options.values()) box.checked = false;
    sort.value = "";
    changed();
    found.focus();
  });
  addEventListener("popstate", read);

  const opener = find(".opener");
  opener?.addEventListener("click", () => {
    const isOpen = filters.classList.toggle("is-open");
    opener.setAttribute("aria-expanded", String(isOpen));
  });
  for (const facet of facets) {
    const button = facet.details.querySelector(".more");
    button?.addEventListener("click", async () => {
      const packs = await load().catch(() => []);
      const values = new Set(packs.flatMap((pack) => pack.values[facet.name]));
      [...values].sort().forEach((value) => addOption(facet, value));
      recount(packs, current().wanted);
      const unseen = [...facet.details.querySelectorAll("li[hidden]")];
      unseen.forEach((item) => { item.hidden = false; });
      facet.details.querySelector(`li:nth-child(${SEEN + 1}) input`)?.focus();
      button.remove();
    });
  }

  // What a browser remembers of controls is not what the address says.
  addEventListener("pageshow", read);
})();
