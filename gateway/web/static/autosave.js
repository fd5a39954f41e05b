// What is typed is kept at the server soon after each key; without a connection it is kept in this browser until then.
const QUIET_MILLISECONDS = 700;
const RETRY_MILLISECONDS = 4000;
const TOKEN = "_csrf";

const typedIn = (form) => {
  const typed = {};
  for (const field of form.elements) {
    if (!field.name || field.name.startsWith("_") || field.type === "hidden" || field.type === "file") continue;
    if (field.type === "radio") {
      if (field.checked) typed[field.name] = field.value;
      else if (!(field.name in typed)) typed[field.name] = "";
    } else if (field.type === "checkbox") {
      typed[field.name] = field.checked ? field.value : "";
    } else if (field.type !== "submit" && field.type !== "button") {
      typed[field.name] = field.value;
    }
  }
  return typed;
};

const putBack = (form, typed) => {
  for (const field of form.elements) {
    if (!(field.name in typed)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === typed[field.name];
    else if (field.type !== "hidden" && field.type !== "submit") field.value = typed[field.name];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
};

class Autosave {
  constructor(form, tell) {
    this.form = form;
    this.tell = tell;
    this.version = form.elements.namedItem("version");
    this.shown = document.querySelector("[data-saved]");
    this.place = `qyzmet-arm-${form.dataset.kept}`;
    this.saved = JSON.stringify(typedIn(form));
    this.timer = null;
    this.sending = null;
    this.stopped = false;
    this.printed = false;
    this.given = new AbortController();
  }

  // The form itself brings everything now.
  stop() {
    this.stopped = true;
    this.given.abort();
  }

  begin() {
    this.restore();
    this.form.addEventListener("input", () => this.soon());
    this.form.addEventListener("change", () => this.soon());
    // Whoever goes to a button is about to send the form itself.
    this.form.addEventListener("focusout", (event) => {
      if (event.relatedTarget?.type !== "submit") this.now();
    });
    this.form.addEventListener("submit", (event) => {
      clearTimeout(this.timer);
      // A paper is printed in a page of its own: this one stays, and what stands here was kept by that.
      if (event.submitter?.formTarget === "_blank") this.printed = true;
      else this.stop();
    });
    window.addEventListener("online", () => this.now());
  }

  // What this browser kept is newer than what the server has only if nobody wrote there meanwhile.
  restore() {
    const kept = JSON.parse(localStorage.getItem(this.place) || "null");
    if (kept === null) return;
    if (String(kept.version) === this.version.value) {
      putBack(this.form, kept.typed);
      this.tell("restored");
      this.soon();
    } else {
      localStorage.removeItem(this.place);
    }
  }

  soon() {
    const typed = typedIn(this.form);
    if (JSON.stringify(typed) === this.saved) return;
    localStorage.setItem(this.place, JSON.stringify({ version: this.version.value, typed }));
    this.show(this.shown?.dataset.savingText);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET_MILLISECONDS);
  }

  async now() {
    clearTimeout(this.timer);
    if (this.stopped || this.sending) return;
    const typed = typedIn(this.form);
    const text = JSON.stringify(typed);
    if (text === this.saved) return;
    this.sending = this.send(typed, text);
    await this.sending;
    this.sending = null;
    if (!this.stopped && JSON.stringify(typedIn(this.form)) !== this.saved) this.timer = setTimeout(() => this.now(), RETRY_MILLISECONDS);
  }

  async send(typed, text) {
    let answer = null;
    try {
      if (this.printed) await this.renew();
      answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.form.elements.namedItem(TOKEN).value },
        body: JSON.stringify({ version: Number(this.version.value), typed }),
        signal: AbortSignal.any([this.given.signal, AbortSignal.timeout(10000)]),
      });
    } catch {
      if (!this.stopped) this.tell("offline");
      return;
    }
    if (answer.ok) {
      this.version.value = String((await answer.json()).version);
      this.saved = text;
      localStorage.removeItem(this.place);
      this.show(this.shown?.dataset.savedText);
      this.tell("back");
    } else if (answer.status === 409) {
      this.stopped = true;
      this.tell("stale");
    } else if (answer.status === 423 || answer.status === 403) {
      this.stopped = true;
      this.tell("locked");
    } else {
      this.tell("offline");
    }
  }

  async renew() {
    const now = await fetch(this.form.dataset.autosave, { headers: { Accept: "application/json" } });
    if (!now.ok) return;
    this.version.value = String((await now.json()).version);
    this.printed = false;
  }

  show(text) {
    if (this.shown && text) this.shown.textContent = text;
  }
}

export const keepTyped = (tell) => {
  for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form, tell).begin();
};
