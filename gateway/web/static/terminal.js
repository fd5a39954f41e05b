import { filterLists, listenForKeys, walkRows } from "./keys.js";
import { listenForScans } from "./scanner.js";
import { keepTyped } from "./autosave.js";

// The line above the page that tells of the connection. "back" is said only after something else was.
const banner = () => {
  const line = document.querySelector("[data-offline]");
  const texts = document.querySelector("[data-offline-texts]");
  return (name, text) => {
    if (!line || !texts || (name === "back" && !line.textContent)) return;
    if (line.dataset.state === name) return;
    line.dataset.state = name;
    line.textContent = name === "" ? "" : text ?? texts.content.querySelector(`[data-text="${name}"]`).textContent;
  };
};

// A part of the form that a box shows: without scripts it is always there.
const showParts = () => {
  for (const box of document.querySelectorAll("input[data-shows]")) {
    const part = document.getElementById(box.dataset.shows);
    const show = () => {
      part.hidden = !box.checked;
    };
    box.addEventListener("change", show);
    show();
  }
};

// A chosen file is sent at once: its pages are to be looked at before anything goes on.
const sendChosenFiles = () => {
  for (const field of document.querySelectorAll("input[data-send]")) {
    field.addEventListener("change", () => {
      if (field.files.length) field.form.requestSubmit(document.getElementById(field.dataset.send));
    });
  }
};

// Without a connection a button would leave for the browser's own page of errors, and take a chosen file away with it. The
// page stays; files are sent when the connection is back. The lock alone goes on: nobody may read on an idle screen. A
// browser without any network may reach the site all the same, on its own machine: so the site is asked.
const ANSWERS_WITHIN_MILLISECONDS = 3000;

const answers = () =>
  fetch("/favicon.ico", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(ANSWERS_WITHIN_MILLISECONDS) }).then(
    () => true,
    () => false,
  );

const stayWithoutConnection = (tell) => {
  let stayed = false;
  let goes = false;
  const stay = async (event) => {
    if (navigator.onLine || goes || event.target.id === "lock") return;
    const { target: form, submitter } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await answers()) {
      goes = true;
      form.requestSubmit(submitter);
      goes = false;
    } else {
      stayed = true;
      tell("offline");
    }
  };
  document.addEventListener("submit", stay, { capture: true });
  window.addEventListener("online", () => {
    if (!stayed) return;
    stayed = false;
    tell("");
    const chosen = [...document.querySelectorAll("input[data-send]")].find((field) => field.files.length);
    if (chosen) chosen.form.requestSubmit(document.getElementById(chosen.dataset.send));
  });
};

// The screen locks after a while of nothing, at the server too; here it is only shown in time, and the server is told
// now and then that somebody types, which it would not see before the form is sent.
const AWAKE_MILLISECONDS = 60000;

const lockWhenIdle = () => {
  const bar = document.querySelector("[data-lock-seconds]");
  const form = document.getElementById("lock");
  if (!bar || !form) return;
  const tell = () =>
    fetch(bar.dataset.awake, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": form.elements.namedItem("_csrf").value },
      body: "{}",
    }).catch(() => null);
  let timer = 0;
  let told = Date.now();
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), Number(bar.dataset.lockSeconds) * 1000);
    if (Date.now() - told < AWAKE_MILLISECONDS) return;
    told = Date.now();
    tell();
  };
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, again, { passive: true });
  again();
};

listenForKeys();
walkRows();
filterLists();
listenForScans();
showParts();
const tell = banner();
stayWithoutConnection(tell);
keepTyped(tell);
sendChosenFiles();
lockWhenIdle();
