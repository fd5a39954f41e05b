// The window of the simulated NCALayer: shows the oldest question and posts the person's answer.
"use strict";

(() => {
  const MANY_KEYS = 8;
  const byId = (id) => document.getElementById(id);
  const state = { version: -1, token: "", words: null, language: "kk", shown: null, chosen: null, answered: 0 };

  const word = (name) => (state.words ? state.words[state.language][name] || "" : "");

  const element = (name, text = "", attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) {
      made.setAttribute(key, value);
    }
    return made;
  };

  const translate = () => {
    document.documentElement.lang = state.language;
    document.title = word("title");
    for (const one of document.querySelectorAll("[data-word]")) {
      one.textContent = word(one.dataset.word);
    }
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
    }
  };

  const day = (iso) => new Date(iso).toLocaleDateString("ru-RU", { timeZone: "Asia/Almaty" });

  const keyText = (key) => {
    const purpose = key.purpose ? `${word(key.purpose)}, ` : "";
    const until = key.until ? `, ${word("until")} ${day(key.until)}` : "";
    const numbers = [key.iin && `${word("iin")} ${key.iin}`, key.bin && `${word("bin")} ${key.bin}`, key.organisation].filter(Boolean).join(", ");
    return { name: key.owner, facts: `${purpose}${key.algorithm}${until}`, numbers };
  };

  const drawKeys = (question) => {
    const wanted = byId("find").value.trim().toLowerCase();
    const fit = question.keys.filter((key) => !key.unfit);
    const unfit = question.keys.filter((key) => key.unfit);
    const matching = fit.filter((key) => JSON.stringify(key).toLowerCase().includes(wanted)).slice(0, 200);
    byId("find").hidden = fit.length <= MANY_KEYS;
    byId("find-label").hidden = fit.length <= MANY_KEYS;
    byId("no-keys").hidden = fit.length > 0;
    if (fit.length === 1) state.chosen = fit[0].id;
    byId("keys").replaceChildren(
      ...matching.map((key) => {
        const text = keyText(key);
        const label = element("label", "", { class: "key" });
        const radio = element("input", "", { type: "radio", name: "key", value: key.id });
        radio.checked = key.id === state.chosen;
        radio.addEventListener("change", () => {
          state.chosen = key.id;
        });
        const facts = element("span", "", { class: "facts" });
        facts.append(element("strong", text.name), element("span", text.numbers), element("span", text.facts), element("code", key.id));
        label.append(radio, facts);
        return label;
      }),
    );
    byId("unfit").hidden = unfit.length === 0;
    byId("unfit-keys").replaceChildren(
      ...unfit.slice(0, 200).map((key) => element("li", `${keyText(key).name} (${key.id}): ${word(`unfit.${key.unfit}`)}`)),
    );
  };

  const drawDocuments = (question) => {
    byId("documents").replaceChildren(
      ...question.documents.flatMap((one, index) => {
        const number = question.documents.length > 1 ? ` ${index + 1}` : "";
        const heading = element("h2", `${word("documents")}${number} (${one.size} ${word("bytes")})`);
        const label = { tabindex: "0", role: "region", "aria-label": heading.textContent };
        const parts = [heading, element("pre", one.layout || one.text, label)];
        if (one.layout) {
          const exact = element("details");
          exact.append(element("summary", word("exact")), element("pre", one.text, { ...label, "aria-label": word("exact") }));
          parts.push(exact);
        }
        if (one.cut) parts.push(element("p", word("cut")));
        return parts;
      }),
    );
  };

  const draw = (questions) => {
    const question = questions[0] || null;
    const isNew = question && (!state.shown || state.shown.id !== question.id);
    if (isNew) {
      state.language = question.locale === "ru" ? "ru" : "kk";
      state.chosen = null;
      byId("find").value = "";
      byId("password").value = "";
      byId("problem").textContent = "";
      byId("status").textContent = "";
    }
    state.shown = question;
    translate();
    byId("idle").hidden = Boolean(question);
    byId("question").hidden = !question;
    if (!question) return;
    byId("queue").hidden = questions.length < 2;
    byId("queue").textContent = `${word("waiting")} ${questions.length}`;
    byId("origin").textContent = question.origin || word("local");
    byId("purpose").textContent = word(`purpose.${question.purpose}`);
    byId("sign").textContent = word(question.purpose === "key-info" ? "choose" : "sign");
    if (isNew) drawDocuments(question);
    drawKeys(question);
  };

  // Asked for after the list of questions and after the person's answer, since either may arrive first.
  const closeWhenDone = () => {
    if (!state.shown && state.answered > 0 && window.history.length === 1) {
      setTimeout(() => window.close(), 700);
    }
  };

  const poll = async () => {
    for (;;) {
      try {
        const address = state.version < 0 ? "/window/requests" : `/window/requests?after=${state.version}`;
        const answer = await fetch(address, { cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        const body = await answer.json();
        Object.assign(state, { version: body.version, token: body.token, words: body.words });
        draw(body.requests);
        closeWhenDone();
      } catch (error) {
        byId("status").textContent = word("lost");
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  };

  const send = async (body) => {
    byId("sign").disabled = true;
    try {
      const answer = await fetch("/window/answer", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Window-Token": state.token },
        body: JSON.stringify(body),
      });
      const { outcome, tries_left: left } = await answer.json();
      const text = word(`outcome.${outcome}`) || String(answer.status);
      if (["wrong-password", "key-unfit", "key-broken", "no-such-key"].includes(outcome)) {
        byId("problem").textContent = outcome === "wrong-password" ? `${text} ${word("tries")} ${left}` : text;
        byId("password").value = "";
        byId("password").focus();
      } else {
        state.answered += 1;
        byId("status").textContent = `${text} ${word("closing")}`;
        closeWhenDone();
      }
    } catch (error) {
      byId("problem").textContent = word("lost");
    } finally {
      byId("sign").disabled = false;
    }
  };

  byId("question").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!state.shown) return;
    if (!state.chosen) {
      byId("problem").textContent = word("choose_first");
      return;
    }
    send({ id: state.shown.id, key: state.chosen, password: byId("password").value });
  });
  byId("cancel").addEventListener("click", () => state.shown && send({ id: state.shown.id, cancel: true }));
  byId("find").addEventListener("input", () => state.shown && drawKeys(state.shown));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      state.language = button.dataset.language;
      translate();
      if (state.shown) {
        const shown = state.shown;
        draw([shown]);
        drawDocuments(shown);
      }
    });
  }
  poll();
})();
