// Commands and digests can be copied with one press, where the browser allows it.
(() => {
  "use strict";

  const { element } = packyard;
  const texts = navigator.clipboard ? document.querySelectorAll("[data-copy], .snippet pre") : [];
  if (!texts.length) return;

  // One place says to everybody what happened.
  const said = element("p", "unseen", "");
  said.setAttribute("role", "status");
  document.body.append(said);

  for (const text of texts) {
    const caption = text.closest("figure")?.querySelector("figcaption");
    const what = text.dataset.copy || caption.textContent.trim();
    const button = element("button", "copy", "Copy");
    button.type = "button";
    button.setAttribute("aria-label", `Copy ${what}`);
    button.addEventListener("click", async () => {
      let done = true;
      try { await navigator.clipboard.writeText(text.textContent); } catch { done = false; }
      button.textContent = done ? "Copied" : "Failed";
      said.textContent = done ? `Copied ${what}` : `${what} could not be copied`;
      setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
    });
    (caption ?? text.parentElement).append(button);
  }
})();
