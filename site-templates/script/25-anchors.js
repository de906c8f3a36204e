// An address that names something within a closed part of the page opens it; browsers differ in whether they do.
(() => {
  "use strict";

  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let closed = target.closest("details:not([open])");
    if (!closed) return;
    for (; closed; closed = closed.parentElement.closest("details:not([open])")) closed.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
})();
