/* A step of an agreement, kept while somebody types; without it, the button keeps it. */
"use strict";
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const status = form.querySelector("[data-autosave-status]");
  const seen = form.querySelector("[name=vu]");
  let running = false;
  let again = false;

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
    if (again) {
      again = false;
      save();
    }
  };
  form.addEventListener("change", save);
});
