// Search as you type, in the header of every page and on the home page. What finds things is assets/search.js, loaded when somebody starts.
(() => {
  "use strict";

  const { root, element } = packyard;
  const MOST = 6;
  // Who types on wants the answer to the whole word.
  const PAUSE = 140;
  let loading = null;

  /** Loads the search, once. */
  packyard.search = () => (loading ??= new Promise((resolve, reject) => {
    if (typeof packyardSearch !== "undefined") { resolve(packyardSearch); return; }
    const script = document.createElement("script");
    script.src = `${root}assets/search.js`;
    script.onload = () => resolve(packyardSearch);
    script.onerror = () => { loading = null; reject(new Error("the search could not be loaded")); };
    document.head.append(script);
  }));

  /** Returns the lines of a result: its name, what it is and where, its status, its summary. */
  packyard.result = (result, words, name) => {
    const { marked } = packyardSearch;
    const lines = [name, " ", element("span", "where", result.where)];
    name.append(marked(result.title, words));
    if (result.status) lines.push(" ", element("span", `status status-${result.status}`, result.status));
    if (result.summary) {
      const summary = element("span", "summary", "");
      summary.append(marked(result.summary, words));
      lines.push(" ", summary);
    }
    return lines;
  };

  /** Gives a form its list of results. */
  const box = (form, number) => {
    const input = form.elements.q;
    let found = null;
    let items = [];
    let active = -1;
    let typed = 0;

    const list = document.createElement("ul");
    list.id = number ? `search-results-${number}` : "search-results";
    list.className = "results";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Search results");
    const status = element("p", "unseen", "");
    status.setAttribute("role", "status");
    form.append(list, status);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
      input.setAttribute(name, value);
    }

    const select = (at) => {
      active = at;
      const options = [...list.querySelectorAll("[role=option]")];
      options.forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
      const item = options[at];
      if (item) {
        input.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    };

    const open = (isOpen) => {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      select(-1);
    };

    const everything = () => `search.html?q=${encodeURIComponent(input.value.trim())}`;
    const go = (address) => { location.href = root + address; };

    /** Shows options, each with where it leads, below a line that is none. */
    const show = (options, line = "") => {
      items = options.map(({ href }) => href);
      // Says which text this answers.
      list.dataset.for = input.value;
      list.replaceChildren(...options.map(({ nodes, className, href }, at) => {
        const item = element("li", className, "");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.append(...nodes);
        // The field keeps the focus.
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => go(href));
        return item;
      }));
      if (line) {
        const item = element("li", "line", line);
        item.setAttribute("role", "presentation");
        item.addEventListener("mousedown", (event) => event.preventDefault());
        list.prepend(item);
      }
      open(options.length > 0);
    };

    const say = (text, className) => {
      status.textContent = text;
      show(className ? [{ nodes: [text], className, href: everything() }] : []);
    };

    /** Finds what was typed, and shows it unless something else was typed meanwhile. */
    const search = async () => {
      const text = input.value;
      if (found?.text === text) return;
      if (!text.trim()) { found = null; say(""); return; }
      try {
        const search = await packyard.search();
        const answer = await search.find(text);
        const { results, marked, isAlike, hasSome } = answer;
        const shown = await search.show(results.slice(0, MOST));
        if (text !== input.value) return;
        found = answer;
        if (!results.length) { say(`Nothing found for “${text.trim()}”`, "none"); return; }
        const options = shown.map((result) => ({ nodes: packyard.result(result, marked, element("strong", "", "")), className: "", href: result.href }));
        if (results.length > shown.length) options.push({ nodes: [`All ${results.length} results`], className: "all", href: everything() });
        show(options, hasSome ? search.SOME : "");
        const how = isAlike ? ", spelt differently" : "";
        status.textContent = `${hasSome ? `${search.SOME} ` : ""}${results.length} ${results.length === 1 ? "result" : "results"}${how}`;
      } catch {
        if (text === input.value) say("The search could not be loaded", "none");
      }
    };

    // What is needed first is on its way before the first letter.
    input.addEventListener("focus", () => packyard.search().then((search) => search.find("")).catch(() => {}));
    input.addEventListener("input", (event) => {
      clearTimeout(typed);
      if (input.value.length < 2 || event.inputType === "insertFromPaste") search(); else typed = setTimeout(search, PAUSE);
    });
    input.addEventListener("blur", () => open(false));
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") {
        if (list.hidden) input.blur(); else open(false);
      } else if (step && items.length) {
        if (list.hidden) open(true);
        // From the field to the first or the last one, and back to the field at either end.
        select(((active + 1 + step + items.length + 1) % (items.length + 1)) - 1);
      } else {
        return;
      }
      event.preventDefault();
    });
    // Enter goes to what the arrows chose; else to what has exactly this name, as package sites do, and nothing else has; else to
    // the page with all results, which may be what was meant or not.
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearTimeout(typed);
      if (active >= 0) { go(items[active]); return; }
      if (!input.value.trim()) { go("search.html"); return; }
      await search();
      const exact = found && packyardSearch.exactly(found);
      go(exact ? (await packyardSearch.show([exact]))[0].href : everything());
    });
  };

  // Where a keyboard is at hand, the home page waits for what is typed. Nothing is loaded before the first letter.
  const home = document.querySelector(".hero .search input");
  if (home && !location.hash && matchMedia("(min-width: 60rem) and (pointer: fine)").matches) home.focus({ preventScroll: true });
  document.querySelectorAll("form.search").forEach(box);

  document.addEventListener("keydown", (event) => {
    const isWaiting = event.target === home && !home.value;
    const isTyping = !isWaiting && event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      const input = document.getElementById("search");
      input.focus();
      input.select();
    }
  });
})();
