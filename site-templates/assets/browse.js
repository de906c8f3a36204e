// Lists of packs can be narrowed down and sorted; every state has its address. Without this script they are plain lists.
(() => {
  "use strict";

  const cards = [...document.querySelectorAll("[data-card]")];
  const place = document.getElementById("browse");
  if (!place || cards.length < 2) return;

  // A value is `address=words`; cards have any number of them, separated by tabs.
  const values = (card, name) => (card.dataset[name] ?? "").split("\t").filter(Boolean).map((text) => {
    const at = text.indexOf("=");
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const FACETS = [
    ["ecosystem", "Ecosystem", "All ecosystems"],
    ["kind", "Has", "Any component"],
    ["keyword", "Keyword", "Any keyword"],
    ["status", "Status", "Any status"],
  ];
  const MANY = 40;
  const SORTS = [["", "Name"], ["updated", "Newest first"]];

  const make = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const select = (name, label, options) => {
    const control = make("select", { name }, ...options.map(([value, words]) => make("option", { value }, words)));
    return make("label", {}, make("span", {}, label), control);
  };

  const form = make("form", { class: "browse", "aria-label": "Narrow the list" });
  for (const [name, label, any] of FACETS) {
    const counts = new Map();
    for (const card of cards) {
      for (const [value, words] of new Map(values(card, name))) {
        const known = counts.get(value) ?? [words, 0];
        counts.set(value, [words, known[1] + 1]);
      }
    }
    // What all of them have tells nothing apart, and of very many values only those that several have are of use.
    if (counts.size > MANY) [...counts].filter(([, [, count]]) => count < 2).forEach(([value]) => counts.delete(value));
    if (counts.size === 0 || (counts.size === 1 && [...counts.values()][0][1] === cards.length)) continue;
    const options = [...counts].sort((a, b) => a[1][0].localeCompare(b[1][0], "en"))
      .map(([value, [words, count]]) => [value, `${words} (${count})`]);
    form.append(select(name, label, [["", any], ...options]));
  }
  form.append(select("sort", "Sort by", SORTS));
  const reset = make("button", { type: "reset" }, "Show all");
  const status = make("p", { class: "note", role: "status" });
  form.append(reset, status);

  // Sorted by date the groups would stand in the way of the order, so each group is sorted by itself.
  const lists = [...document.querySelectorAll(".cards")];
  const inOrder = lists.map((list) => [...list.children]);
  const date = (card) => card.querySelector("time")?.getAttribute("datetime") ?? "9";

  const controls = [...form.querySelectorAll("select")];
  const apply = () => {
    const wanted = controls.filter((control) => control.name !== "sort" && control.value);
    let shown = 0;
    for (const card of cards) {
      card.hidden = !wanted.every((control) => values(card, control.name).some(([value]) => value === control.value));
      shown += card.hidden ? 0 : 1;
    }
    lists.forEach((list, number) => {
      const items = [...inOrder[number]];
      if (form.elements.sort.value) items.sort((a, b) => (date(a) < date(b) ? 1 : date(a) > date(b) ? -1 : 0));
      list.append(...items);
      const group = list.closest(".group");
      if (group) group.hidden = items.every((item) => item.hidden);
    });
    reset.hidden = controls.every((control) => !control.value);
    status.textContent = shown === cards.length ? "" : shown ? `${shown} of ${cards.length} packs` : "No pack is like that";
  };

  const read = () => {
    const query = new URLSearchParams(location.search);
    for (const control of controls) {
      const value = query.get(control.name) ?? "";
      control.value = [...control.options].some((option) => option.value === value) ? value : "";
    }
    apply();
  };
  const write = () => {
    const address = new URL(location.href);
    for (const control of controls) {
      if (control.value) address.searchParams.set(control.name, control.value);
      else address.searchParams.delete(control.name);
    }
    // A page opened from the disk may keep no history in some browsers.
    try { history.replaceState(null, "", address); } catch { /* the list is narrowed all the same */ }
    apply();
  };
  form.addEventListener("change", write);
  form.addEventListener("reset", () => setTimeout(write));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", read);

  place.append(form);
  read();
})();
