/* A step of an agreement, kept while somebody types; without it, the button keeps it. */
"use strict";
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const status = form.querySelector("[data-autosave-status]");
  const seen = form.querySelector("[name=vu]");
  let running = false;
  let again = false;
  let leaving = false;

  const save = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    const typed = new FormData(form);
    typed.set("auto", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed });
      const told = await answer.json();
      if (answer.ok) {
        seen.value = told.vu;
        status.textContent = "Enregistré.";
      } else {
        status.textContent = told.refus ?? "Pas encore enregistré.";
      }
    } catch {
      status.textContent = "Pas encore enregistré : la connexion est coupée.";
    }
    running = false;
    if (leaving) {
      form.requestSubmit();
    } else if (again) {
      again = false;
      save();
    }
  };
  form.addEventListener("change", save);
  // The button sends what is typed once the answer has told the new count: else we would be the other who acts.
  form.addEventListener("submit", (event) => {
    if (running) {
      event.preventDefault();
      leaving = true;
    }
  });
});
