// Live reload of `packyard serve`: listens to the server, reloads this page when its own bytes changed, swaps style sheets
// in place, and shows what is wrong with a pack above the last good version. Never part of a built registry.
(() => {
  "use strict";

  const { tag: own } = document.currentScript.dataset;
  const here = location.pathname + location.search;
  const remembered = (key) => { try { return sessionStorage.getItem(key); } catch { return null; } };
  const remember = (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* private mode */ } };
  const SCROLL = `packyard-scroll ${here}`;
  const DISMISSED = "packyard-dismissed";

  const scrolled = remembered(SCROLL);
  if (scrolled) {
    remember(SCROLL, "");
    const [x, y] = scrolled.split(" ").map(Number);
    addEventListener("load", () => scrollTo({ left: x, top: y, behavior: "instant" }));
  }

  // Not the entity tag: that one says how the bytes were sent, too.
  const tagOf = async (address) => (await fetch(address, { method: "HEAD", cache: "no-store" })).headers.get("packyard-tag");

  // Style sheets and scripts of this page, with the tags they had when it was loaded.
  const isOurs = (address) => new URL(address).pathname.startsWith("/_packyard/");
  const isLocal = (address) => address && new URL(address).origin === location.origin && !isOurs(address);
  const sheets = () => [...document.querySelectorAll('link[rel="stylesheet"]')].filter((link) => isLocal(link.href));
  const scripts = [...document.scripts].map((script) => script.src).filter(isLocal);
  const plain = (address) => address.split("?")[0];
  const tags = new Map();
  const known = Promise.all([...sheets().map((link) => link.href), ...scripts].map(async (address) => {
    tags.set(plain(address), await tagOf(plain(address)));
  }));

  const swap = (link, tag) => {
    const next = link.cloneNode();
    next.href = `${plain(link.href)}?${encodeURIComponent(tag)}`;
    next.addEventListener("load", () => link.remove(), { once: true });
    next.addEventListener("error", () => next.remove(), { once: true });
    link.after(next);
  };

  const reload = () => {
    remember(SCROLL, `${scrollX} ${scrollY}`);
    location.reload();
  };

  const update = async () => {
    await known;
    if (await tagOf(here) !== own) return reload();
    for (const link of sheets()) {
      const address = plain(link.href);
      const tag = await tagOf(address);
      if (tag && tag !== tags.get(address)) {
        tags.set(address, tag);
        swap(link, tag);
      }
    }
    for (const address of scripts) {
      if (await tagOf(plain(address)) !== tags.get(plain(address))) return reload();
    }
  };

  // Text of a pack is set as text only: it never becomes markup.
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const shown = (problem) => {
    const item = element("li");
    const message = element("p", "", "message");
    message.append(element("span", `${problem.severity}[${problem.code}]`, "code"), `: ${problem.message}`);
    item.append(message);
    if (problem.file) {
      const place = problem.line ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
      item.append(element("p", place, "place"));
    }
    if (problem.excerpt) {
      const first = problem.line ?? 1;
      const width = String(first + problem.excerpt.split("\n").length).length;
      const lines = problem.excerpt.split("\n").map((line, at) => `${String(first + at).padStart(width)} | ${line}`);
      const excerpt = element("pre", lines.join("\n"));
      excerpt.tabIndex = 0;
      item.append(excerpt);
    }
    if (problem.help) item.append(element("p", `help: ${problem.help}`, "help"));
    return item;
  };

  let overlay = null;
  const style = element("link");
  style.rel = "stylesheet";
  style.href = "/_packyard/live.css";

  const show = (problems) => {
    const concerns = ({ folder }) =>
      !folder || location.pathname === "/" || location.pathname === "/index.html" || location.pathname.startsWith(folder);
    const mine = problems.filter(concerns);
    const said = JSON.stringify(mine);
    if (overlay?.dataset.said === said) return;
    overlay?.remove();
    overlay = null;
    if (!mine.length) return remember(DISMISSED, "");
    if (remembered(DISMISSED) === said) return;
    if (!style.isConnected) document.head.append(style);
    overlay = element("dialog", "", "packyard-problems");
    overlay.dataset.said = said;
    overlay.setAttribute("aria-labelledby", "packyard-problems-title");
    const head = element("header");
    const title = element("h2", mine.length === 1 ? "1 problem" : `${mine.length} problems`);
    title.id = "packyard-problems-title";
    const close = element("button", "Dismiss");
    close.type = "button";
    close.addEventListener("click", () => overlay.close());
    head.append(title, close);
    const list = element("ol");
    list.append(...mine.map(shown));
    overlay.append(head, element("p", "The page below is the last good version. Esc closes this.", "note"), list);
    // Esc and the button both end here; the same problems do not come back until something about them changes.
    overlay.addEventListener("close", () => {
      remember(DISMISSED, said);
      overlay?.remove();
      overlay = null;
    });
    document.body.append(overlay);
    overlay.showModal();
  };

  // A browser keeps few connections to one server, so that only pages that are looked at listen.
  let events = null;
  const listen = () => {
    if (document.hidden) {
      events?.close();
      events = null;
    } else if (!events) {
      events = new EventSource("/_packyard/events");
      events.addEventListener("state", ({ data }) => {
        show(JSON.parse(data).problems);
        update().catch(() => { /* the server is gone; the event source tries again */ });
      });
      events.addEventListener("error", () => {
        if (events?.readyState === EventSource.CLOSED) {
          events = null;
          setTimeout(listen, 2000);
        }
      });
    }
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => { events?.close(); events = null; });
  addEventListener("pageshow", listen);
  listen();
})();
