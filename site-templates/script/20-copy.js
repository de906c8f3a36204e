// Commands can be copied with one press, where the browser allows it.
(() => {
  "use strict";

  if (navigator.clipboard) {
    for (const pre of document.querySelectorAll(".snippet pre")) {
      const button = packyard.element("button", "copy", "Copy");
      button.type = "button";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      pre.parentElement.querySelector("figcaption").append(button);
    }
  }
})();
