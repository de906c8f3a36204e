// The page with all results of a search. What was asked and chosen stands in its address: ?q=, &in=, &kind=.
(() => {
  "use strict";

  const { root, element, result: lines } = packyard;
  const AT_A_TIME = 10;
  // What has only some words was looked for with spelling: fewer keep within what a query may load.
  const SOME_AT_A_TIME = 6;
  const place = document.getElementById("answers");
  const input = document.getElementById("search");
  const asked = () => new URLSearchParams(location.search);
  let found = null;
  let results = [];
  let shown = 0;

  const status = element("p", "count", "");
  status.setAttribute("role", "status");
  const facets = element("form", "narrow", "");
  facets.setAttribute("aria-label", "Narrow the results");
  const list = element("ol", "hits", "");
  const more = element("button", "next", "Show more");
  more.type = "button";
  place.append(status, facets, list, more);

  const chosen = () => ({ in: asked().getAll("in"), kind: asked().getAll("kind") });

  const count = (number) => `${number.toLocaleString("en")} ${number === 1 ? "result" : "results"}`;

  const facet = (title, name, values) => {
    const group = element("fieldset", "", "");
    group.append(element("legend", "", title));
    const ticked = chosen()[name];
    for (const { value, title: words, count } of values) {
      if (!count && !ticked.includes(value)) continue;
      const label = element("label", "", "");
      const box = element("input", "", "");
      box.type = "checkbox";
      box.name = name;
      box.value = value;
      box.checked = ticked.includes(value);
      label.append(box, ` ${words} `, element("span", "number", count.toLocaleString("en")));
      group.append(label);
    }
    return group;
  };

  const drawFacets = () => {
    const counts = packyardSearch.counted(found.results, chosen());
    const groups = [facet("Ecosystem", "in", counts.in), facet("Kind", "kind", counts.kind)];
    facets.replaceChildren(...groups.filter((group) => group.querySelectorAll("label").length > 1 || group.querySelector(":checked")));
    facets.hidden = !facets.children.length;
  };

  /** Shows some more results; returns the first of them. */
  const draw = async () => {
    const next = await packyardSearch.show(results.slice(shown, shown + (found.hasSome ? SOME_AT_A_TIME : AT_A_TIME)));
    const items = next.map((result) => {
      const item = element("li", "", "");
      const link = element("a", "", "");
      link.href = root + result.href;
      item.append(...lines(result, found.marked, link));
      return item;
    });
    list.append(...items);
    shown += items.length;
    more.hidden = shown >= results.length;
    return items[0];
  };

  const narrow = async () => {
    results = packyardSearch.narrowed(found.results, chosen());
    shown = 0;
    list.replaceChildren();
    drawFacets();
    const text = found.text.trim();
    const alike = found.isAlike ? `Nothing is spelt “${text}”. Spelt alike: ` : "";
    const some = found.hasSome ? `${packyardSearch.SOME} ` : "";
    place.classList.toggle("some", found.hasSome);
    status.textContent = results.length ? `${some}${alike}${count(results.length)} for “${text}”`
      : `Nothing found for “${text}”. Try another word, or fewer.`;
    await draw();
  };

  const search = async () => {
    const text = asked().get("q") ?? "";
    input.value = text;
    place.hidden = false;
    if (!text.trim()) {
      status.textContent = "Type a name, a keyword or what something does. kind:action and in: with the name of an ecosystem narrow the results.";
      facets.hidden = more.hidden = true;
      input.focus();
      return;
    }
    document.title = `${text.trim()} · ${document.title}`;
    status.textContent = "Searching…";
    try {
      found = await (await packyard.search()).find(text);
      await narrow();
    } catch {
      status.textContent = "The search could not be loaded. Are you offline?";
    }
  };

  facets.addEventListener("change", (event) => {
    const address = asked();
    address.delete("in");
    address.delete("kind");
    for (const box of facets.querySelectorAll(":checked")) address.append(box.name, box.value);
    history.replaceState(null, "", `?${address}`);
    const { name, value } = event.target;
    narrow().then(() => facets.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`)?.focus());
  });
  more.addEventListener("click", async () => {
    (await draw())?.querySelector("a").focus();
  });
  search();
})();
