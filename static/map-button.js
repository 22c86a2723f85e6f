/* The button that opens the map of the offers: until it is pressed, nothing of the map is asked for. */
"use strict";
{
  const panel = document.querySelector("[data-map]");

  const load = (name, attributes) =>
    new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement(name), attributes);
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });

  const open = async (button, frame, message) => {
    message.textContent = "La carte se charge…";
    try {
      await Promise.all([
        load("link", { rel: "stylesheet", href: panel.dataset.style }),
        load("script", { src: panel.dataset.script }),
      ]);
    } catch {
      message.textContent = "La carte n’a pas pu être chargée. La liste ci-dessous dit la même chose.";
      button.hidden = true;
      frame.hidden = true;
    }
  };

  if (panel) {
    const button = panel.querySelector("[data-map-button]");
    const label = button.querySelector("span");
    const frame = panel.querySelector("[data-map-frame]");
    const message = panel.querySelector("[data-map-message]");
    let isLoaded = false;
    panel.hidden = false;
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(isOpen));
      label.textContent = isOpen ? "Fermer la carte" : "Voir sur la carte";
      frame.hidden = !isOpen;
      message.hidden = !isOpen;
      if (isOpen && !isLoaded) {
        isLoaded = true;
        open(button, frame, message);
      } else if (isOpen) {
        window.dispatchEvent(new Event("resize")); // a map that was hidden has no size
      }
    });
  }
}
