/* Suggestions under a field while the person types (WAI-ARIA's combobox with a list). The field stays what it is
   without them: Enter sends what was typed, unless an arrow key went to a suggestion. */
"use strict";
{
  const SHORTEST = 2; // letters
  const PAUSE = 150; // ms without a key before asking

  const enhance = (field) => {
    const { suggestions: address } = field.dataset;
    const list = document.createElement("ul");
    const status = document.createElement("span");
    const answers = new Map();
    let active = -1;
    let asked = null;
    let timer = 0;

    list.id = `${field.id}-propositions`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Propositions");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    field.type = "text"; // a search field may not be a combobox
    field.autocomplete = "off";
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", list.id);
    field.parentElement.classList.add("suggested");
    field.after(list, status);

    const activate = (index) => {
      active = index;
      [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
      const option = list.children[index];
      if (option) {
        field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        field.removeAttribute("aria-activedescendant");
      }
    };

    const close = () => {
      clearTimeout(timer);
      asked?.abort();
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      activate(-1);
    };

    const choose = (option) => {
      field.value = option.dataset.value;
      close();
      status.textContent = "";
    };

    const show = (found) => {
      const typed = field.value.trim().toLowerCase();
      const isChosen = found.length === 1 && found[0].value.toLowerCase() === typed;
      list.replaceChildren(
        ...found.map(({ value, detail }, index) => {
          const option = document.createElement("li");
          option.id = `${list.id}-${index}`;
          option.dataset.value = value;
          option.setAttribute("role", "option");
          option.append(value);
          if (detail) {
            const more = document.createElement("span");
            more.textContent = ` ${detail}`;
            option.append(more);
          }
          return option;
        }),
      );
      activate(-1);
      list.hidden = isChosen || !found.length || document.activeElement !== field;
      field.setAttribute("aria-expanded", String(!list.hidden));
      const plural = found.length > 1 ? "s" : "";
      status.textContent = list.hidden ? "" : `${found.length} proposition${plural}, flèche vers le bas pour choisir.`;
    };

    const ask = async () => {
      const typed = field.value.trim();
      asked?.abort();
      if (typed.length < SHORTEST) {
        close();
        status.textContent = "";
        return;
      }
      if (!answers.has(typed)) {
        asked = new AbortController();
        try {
          const answer = await fetch(`${address}?${new URLSearchParams({ q: typed })}`, { signal: asked.signal });
          if (!answer.ok) return;
          answers.set(typed, (await answer.json()).suggestions);
        } catch {
          return; // the field works as it is
        }
      }
      if (field.value.trim() === typed) show(answers.get(typed));
    };

    const keys = {
      ArrowDown: () => (list.hidden ? ask() : activate((active + 2) % (list.children.length + 1) - 1)),
      ArrowUp: () => activate(active < 0 ? list.children.length - 1 : active - 1),
      Escape: close,
      Enter: () => choose(list.children[active]),
    };

    field.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(ask, PAUSE);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || !(event.key in keys)) return;
      if (list.hidden && event.key !== "ArrowDown") return;
      if (event.key === "Enter" && active < 0) return; // what was typed is sent
      event.preventDefault();
      keys[event.key]();
    });
    field.addEventListener("blur", close);
    field.form?.addEventListener("submit", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
  };

  document.querySelectorAll("input[data-suggestions]").forEach(enhance);
}
