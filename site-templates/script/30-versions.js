// The link to all versions becomes a list of them, each of which leads to what the page shows: the same component of that version.
(() => {
  "use strict";

  const { root, element } = packyard;
  const link = document.querySelector("a.picker");

  // Who came here from a component that this version does not have is told so.
  const without = new URLSearchParams(location.search).get("without");
  const title = document.querySelector(".title");
  if (title && without && /^[\w-]+\/[\w.~-]{1,200}\.html$/.test(without)) {
    const text = element("p", "", "This version has no page ");
    text.append(element("code", "", without.slice(0, -5)), ".");
    const notice = element("div", "notice info", "");
    notice.setAttribute("role", "status");
    notice.append(text);
    title.after(notice);
  }

  if (!link) return;
  const { pack, version, page } = link.dataset;
  const details = element("details", "pick", "");
  const summary = element("summary", "picker", version);
  summary.setAttribute("aria-label", `Version ${version}, choose another`);
  const list = element("ul", "picks", "Loading …");
  details.append(summary, list);
  link.replaceWith(details);

  const has = (pages, at) => {
    const ranges = pages[page];
    return !ranges || ranges.some((start, i) => i % 2 === 0 && start <= at && at < ranges[i + 1]);
  };
  const row = ({ latest, pages }) => ([name, day, status], at) => {
    const folder = `${root}${pack}/${encodeURIComponent(name)}`;
    const isThere = !page || has(pages, at);
    const chosen = element("a", "", name);
    chosen.href = page ? (isThere ? `${folder}/${page}` : `${folder}/index.html?without=${page}`)
      : at === latest ? `${root}${pack}/index.html` : `${folder}/index.html`;
    if (name === version) chosen.setAttribute("aria-current", "page");
    if (at === latest && day) chosen.append(" ", element("span", "badge good", "default"));
    if (status) chosen.append(" ", element("span", `badge ${status}`, status));
    chosen.append(element("span", "note", isThere ? day || "not released" : "not in this version"));
    const item = element("li", "", "");
    item.append(chosen);
    return item;
  };
  const fill = (known) => {
    list.replaceChildren(...known.versions.map(row(known)));
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };

  // A script because browsers refuse to fetch from file://.
  details.addEventListener("toggle", () => {
    if (!details.open || list.dataset.asked) return;
    list.dataset.asked = "yes";
    const script = element("script", "", "");
    script.src = `${root}${pack}/versions.js`;
    script.onload = () => fill(window.packyardVersions);
    script.onerror = () => {
      delete list.dataset.asked;
      const all = element("a", "", "All versions");
      all.href = link.href;
      list.replaceChildren(all);
    };
    document.head.append(script);
  });
  details.addEventListener("keydown", (event) => {
    if (!details.open) return;
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (event.key === "Escape") {
      details.open = false;
      summary.focus();
    } else if (to !== undefined && links.length) {
      (links[Math.min(to, links.length - 1)] ?? summary).focus();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!details.contains(target)) details.open = false; });
  details.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !details.contains(relatedTarget)) details.open = false;
  });
})();
