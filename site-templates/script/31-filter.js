// A long list of components gets a field that narrows it.
(() => {
  "use strict";

  const { element } = packyard;
  const MANY = 30;
  for (const list of document.querySelectorAll("[data-filter]")) {
    const items = [...list.querySelectorAll(".components > li")];
    if (items.length <= MANY) continue;
    const words = items.map((item) => item.textContent.toLowerCase());
    const field = element("label", "filter", "Filter ");
    const input = element("input", "", "");
    const found = element("span", "note", "");
    input.type = "search";
    found.setAttribute("role", "status");
    field.append(input);
    list.before(field, found);
    input.addEventListener("input", () => {
      const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      items.forEach((item, at) => {
        item.hidden = !terms.every((term) => words[at].includes(term));
        count += !item.hidden;
      });
      for (const group of list.querySelectorAll(".by-kind")) group.hidden = !group.querySelector("li:not([hidden])");
      found.textContent = terms.length ? `${count} of ${items.length}` : "";
    });
  }
})();
