// What the pages can do beyond being read. Everything works without it. The scripts of this folder are joined into one.
const packyard = (() => {
  "use strict";

  /** Makes an element with a class and a text. */
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  // Leads from this page to the site's root.
  return { root: document.currentScript.dataset.root, element };
})();
