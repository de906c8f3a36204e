// Two releases of a pack are chosen; the page that compares them is offered where there is one, and the command where there is none.
(() => {
  "use strict";

  const { root } = document.querySelector("script[data-root]").dataset;
  const place = document.querySelector(".choose");
  const command = document.querySelector("[data-command]");
  if (!place || !command) return;
  const { pack } = place.dataset;
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const wanted = new URLSearchParams(location.search);

  const build = ({ versions, latest, before, ends }) => {
    const names = versions.map(([name]) => name);
    const select = (label, at) => {
      const field = element("label", "sort", `${label} `);
      const list = element("select", "", "");
      list.autocomplete = "off";
      list.append(...versions.map(([name, , status]) => new Option(status ? `${name} (${status})` : name, name)));
      list.selectedIndex = at;
      field.append(list);
      return [field, list];
    };
    const placeOf = (key, other) => (names.includes(wanted.get(key)) ? names.indexOf(wanted.get(key)) : other);
    const [fromField, from] = select("From", placeOf("from", before[latest] ?? names.length - 1));
    const [toField, to] = select("to", placeOf("to", latest));
    const said = element("p", "", "");
    said.setAttribute("role", "status");

    const address = (older, newer) => {
      const file = (a, b) => `${root}${pack}/compare/${encodeURIComponent(a)}...${encodeURIComponent(b)}.html`;
      if (before[newer] === older) return file(names[older], names[newer]);
      if (newer === latest && ends.includes(older)) return file(names[older], "latest");
    };
    const show = () => {
      const [a, b] = [from.selectedIndex, to.selectedIndex];
      // The highest version comes first.
      const [older, newer] = [Math.max(a, b), Math.min(a, b)];
      command.textContent = `${command.dataset.command} ${names[a]} ${names[b]}`;
      const page = address(older, newer);
      if (a === b) said.textContent = "Choose two releases.";
      else if (page) {
        const link = element("a", "", `What changed from ${names[older]} to ${names[newer]}`);
        link.href = page;
        said.replaceChildren(link);
      } else said.textContent = "These two have no page; the command below compares them.";
    };
    from.addEventListener("change", show);
    to.addEventListener("change", show);
    show();
    place.append(fromField, toField, said);
  };

  // A script because browsers refuse to fetch from file://.
  const script = element("script", "", "");
  script.src = `${root}${pack}/versions.js`;
  script.onload = () => build(window.packyardVersions);
  document.head.append(script);
})();
