/* Sharing and printing a page: the buttons are shown where the browser can do it; the e-mail link works without. */
"use strict";
document.querySelectorAll("[data-share]").forEach((group) => {
  const share = group.querySelector("[data-share-button]");
  const print = group.querySelector("[data-share-print]");
  const status = group.querySelector("[role=status]");
  const { url, title } = group.dataset;
  const show = (button) => {
    button.closest("li").hidden = false;
  };

  if (navigator.share) {
    show(share);
    share.addEventListener("click", async () => {
      try {
        await navigator.share({ title, url });
      } catch {
        // The person changed their mind.
      }
    });
  } else if (navigator.clipboard) {
    share.querySelector("span").textContent = "Copier l’adresse";
    show(share);
    share.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(url);
        status.textContent = "Adresse copiée.";
      } catch {
        status.textContent = `Adresse à copier : ${url}`;
      }
    });
  }
  show(print);
  print.addEventListener("click", () => window.print());
});
