// The keys of the terminal. Only function keys and Alt with a key are taken, by the place of the key and not its letter,
// so that they work on every layout and no character is taken away from any field.
const PREFIX = "Alt+";

const nameOf = (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return "";
  if (!event.altKey) return /^F\d{1,2}$/.test(event.code) ? event.code : "";
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code);
  return place ? PREFIX + (place[1] || place[2]) : "";
};

const visible = (element) => element.getClientRects().length > 0;

const meantBy = (name) => {
  const section = /^Alt\+(\d)$/.exec(name);
  if (section) return document.querySelectorAll(".qz-navigation__list a")[Number(section[1]) - 1] || null;
  const named = [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find(visible);
  // The frame of NCALayer has a button of its own, which is the main one of its page.
  return named || (name === "F9" ? [...document.querySelectorAll("[data-signing-start]")].find(visible) || null : null);
};

export const listenForKeys = () => {
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    const element = name && meantBy(name);
    if (!element) return;
    event.preventDefault();
    if (event.repeat) return;
    element.focus();
    if (element.matches('input:not([type="checkbox"]), textarea, select')) {
      if (element.select) element.select();
    } else {
      element.click();
    }
  });
};

// In a list the arrows go from row to row; everywhere else they stay what they are.
export const walkRows = () => {
  for (const list of document.querySelectorAll("[data-rows]")) {
    const stops = () => [...list.querySelectorAll("li > button, li > a, tr th a")].filter(visible);
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const at = stops().indexOf(document.activeElement);
      if (!step || at < 0) return;
      const next = stops()[at + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    });
  }
};

// Typing narrows a list; the arrow down goes into it. What fits nothing leaves it whole, below a message that says so; one
// that the server has said already is not repeated. Without scripts the server does the same on Enter.
export const filterLists = () => {
  for (const field of document.querySelectorAll("[data-filter]")) {
    const list = document.getElementById(field.dataset.filter);
    const none = document.querySelector(`[data-none="${CSS.escape(field.dataset.filter)}"]`);
    const plain = (text) => text.toLocaleLowerCase().replaceAll("ё", "е");
    const narrow = () => {
      const typed = plain(field.value.trim());
      const number = /^\d+$/.test(typed) ? typed.replace(/^0+/, "") : "";
      const fits = (row) => {
        const words = plain(row.dataset.words);
        return number ? words.split(" ")[0].startsWith(number) : typed.split(/\s+/).every((word) => words.includes(word));
      };
      const rows = [...list.querySelectorAll("[data-words]")];
      const left = rows.filter(fits);
      for (const row of rows) row.hidden = left.length > 0 && !left.includes(row);
      if (none) none.hidden = left.length > 0;
    };
    field.addEventListener("input", narrow);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      const first = [...list.querySelectorAll("button, a")].find(visible);
      if (first) {
        event.preventDefault();
        first.focus();
      }
    });
    if (field.value && !field.hasAttribute("aria-describedby")) narrow();
  }
};
