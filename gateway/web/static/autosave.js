// What is typed is kept at the server soon after each key. It names people, and the next person at this terminal has the
// same browser: here it is kept only while the server cannot take it, without a connection and at a locked screen.
const QUIET_MILLISECONDS = 700;
const RETRY_MILLISECONDS = 4000;
// A browser finishes what was begun by a page that is gone up to 64 KiB.
const KEEPALIVE_BYTES = 60000;
const TOKEN = "_csrf";
const PLACE = "qyzmet-typed-";
// The codes of both workplaces end alike.
const isStale = (code) => code?.endsWith("-changed-elsewhere");
const isTooLong = (code) => code?.endsWith("-too-long");

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

// A browser may have no storage at all, or none left: nothing stops then but the keeping.
const store = (use) => {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
};

class Autosave {
  constructor(form, tell) {
    this.form = form;
    this.tell = tell;
    this.version = form.elements.namedItem("version");
    this.shown = document.querySelector("[data-saved]");
    this.place = PLACE + form.dataset.kept;
    this.saved = JSON.stringify(typedIn(form));
    this.refused = null;
    this.away = false;
    this.timer = null;
    this.sending = null;
    // What is on its way, as text: it need not go a second time when the page goes away.
    this.going = null;
    this.stopped = false;
    this.waiting = false;
    // What may have reached the server without its answer having come here: it is sent again to learn its version.
    this.unsure = null;
  }

  begin() {
    this.restore();
    this.form.addEventListener("input", () => this.soon());
    this.form.addEventListener("change", () => this.soon());
    // Whoever goes to a button is about to send the form itself.
    this.form.addEventListener("focusout", (event) => {
      if (event.relatedTarget?.type !== "submit") this.now();
    });
    this.form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("online", () => this.now());
    // The page may go away between a key and its saving: closed, hidden, or left by another form such as the lock's.
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
    });
    document.addEventListener("submit", (event) => {
      if (event.target !== this.form) this.leave();
    }, { capture: true });
  }

  // The form itself brings everything now, under the version that the last saving leaves.
  async submit(event) {
    clearTimeout(this.timer);
    if (this.waiting || this.sending || this.unsure) {
      event.preventDefault();
      if (this.waiting) return;
      this.waiting = true;
      await this.sending;
      if (this.unsure && !this.stopped) await this.bring(this.unsure);
      this.unsure = null;
      this.waiting = false;
      this.form.requestSubmit(event.submitter);
      return;
    }
    // A paper is printed in a page of its own: this one stays, and what stands here is kept by that.
    if (event.submitter?.formTarget === "_blank") {
      this.unsure = typedIn(this.form);
      return;
    }
    this.stopped = true;
    // Until the server has it; the page that it answers with forgets this.
    this.keep(typedIn(this.form));
  }

  keep(typed) {
    store((kept) => kept.setItem(this.place, JSON.stringify({ version: this.version.value, typed })));
  }

  forget() {
    store((kept) => kept.removeItem(this.place));
  }

  // What this browser kept is newer than what the server has only if nobody wrote there meanwhile.
  restore() {
    const kept = store((all) => JSON.parse(all.getItem(this.place) || "null"));
    this.forget();
    if (kept === null || String(kept.version) !== this.version.value) return;
    putBack(this.form, kept.typed);
    if (JSON.stringify(typedIn(this.form)) === this.saved) return;
    this.keep(kept.typed);
    this.tell("restored");
    this.soon();
  }

  soon() {
    const typed = typedIn(this.form);
    if (JSON.stringify(typed) === this.saved) return;
    if (this.away) this.keep(typed);
    this.show(this.shown?.dataset.savingText);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET_MILLISECONDS);
  }

  async now() {
    clearTimeout(this.timer);
    if (this.stopped || this.waiting || this.sending) return;
    const typed = typedIn(this.form);
    const text = JSON.stringify(typed);
    if (text === this.saved || text === this.refused) return;
    this.going = text;
    this.sending = this.send(typed);
    await this.sending;
    this.sending = null;
    this.going = null;
    const left = JSON.stringify(typedIn(this.form));
    if (!this.stopped && left !== this.saved && left !== this.refused) this.timer = setTimeout(() => this.now(), RETRY_MILLISECONDS);
  }

  async send(typed) {
    if (this.unsure && !(await this.bring(this.unsure))) return;
    if (JSON.stringify(typed) !== this.saved) await this.bring(typed);
  }

  // Nobody may be here to read the answer. What is on its way arrives first, and raises the version by one.
  leave() {
    if (this.stopped || this.waiting) return;
    if (!this.sending) {
      this.now();
      return;
    }
    const typed = typedIn(this.form);
    const text = JSON.stringify(typed);
    if (text === this.going || this.unsure) return;
    this.going = text;
    this.post(typed, Number(this.version.value) + 1).catch(() => {});
    // Whoever comes back to the page learns under which version it stands.
    this.sending.then(() => {
      this.unsure ??= typed;
    });
  }

  post(typed, version) {
    const body = JSON.stringify({ version, typed });
    return fetch(this.form.dataset.autosave, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.form.elements.namedItem(TOKEN).value },
      body,
      keepalive: new Blob([body]).size <= KEEPALIVE_BYTES,
      signal: AbortSignal.timeout(10000),
    });
  }

  // Bring it to the server, and tell whether it stands there now.
  async bring(typed) {
    let answer = null;
    let told = null;
    try {
      answer = await this.post(typed, Number(this.version.value));
      told = await answer.json();
    } catch {
      if (answer === null || answer.ok) this.unsure = typed;
      this.lost("offline");
      return false;
    }
    if (answer.ok) {
      this.version.value = String(told.version);
      this.saved = JSON.stringify(typed);
      this.unsure = null;
      this.away = false;
      this.forget();
      this.show(this.shown?.dataset.savedText);
      this.tell(this.refused === null ? "back" : "");
      this.refused = null;
      return true;
    }
    const error = told.error ?? {};
    if (answer.status === 423 || answer.status === 403) {
      this.stopped = true;
      this.lost("locked");
    } else if (isTooLong(error.code)) {
      this.unsure = null;
      this.refused = JSON.stringify(typed);
      this.tell(error.code, `${error.what} ${error.advice}`);
    } else if (answer.status === 409) {
      // Reloading shows what stands at the server: nothing of this is put back over it.
      this.stopped = true;
      this.forget();
      this.tell(isStale(error.code) ? "stale" : error.code, isStale(error.code) ? undefined : `${error.what} ${error.advice}`);
    } else {
      this.lost("offline");
    }
    return false;
  }

  // Here it is safe until the server can take it.
  lost(why) {
    this.away = true;
    this.keep(typedIn(this.form));
    this.tell(why);
  }

  show(text) {
    if (this.shown && text) this.shown.textContent = text;
  }
}

// What belongs to no form of this page was taken in, or given up: but at the lock it waits for its form.
const forgetOthers = (forms) => {
  if (document.querySelector("[data-keep-typed]")) return;
  const open = forms.map((form) => PLACE + form.dataset.kept);
  store((kept) => {
    for (const name of Object.keys(kept)) if (name.startsWith(PLACE) && !open.includes(name)) kept.removeItem(name);
  });
};

export const keepTyped = (tell) => {
  const forms = [...document.querySelectorAll("form[data-autosave]")];
  forgetOthers(forms);
  for (const form of forms) new Autosave(form, tell).begin();
};
