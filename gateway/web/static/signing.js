// Signing in the person's own NCALayer, through the unmodified ncalayer-js-client.
// What is asked for stands in the form's data attributes (templates/macros/signing.html).
"use strict";

(() => {
  const CONNECT_MILLISECONDS = 10000;
  const ANSWER_MILLISECONDS = 10 * 60 * 1000;
  const STORAGE = "PKCS12";

  class Late extends Error {}
  class Stopped extends Error {}

  const within = (milliseconds, promise) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Late("late")), milliseconds);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  };

  const toText = (base64) =>
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

  const toBase64 = (text) => {
    let binary = "";
    for (const byte of new TextEncoder().encode(text)) {
      binary += String.fromCharCode(byte);
    }
    return btoa(binary);
  };

  const connect = async (form) => {
    // No probe of KAZTOKEN's port 24680: its answers are not used, and its address is a file of this site.
    const client = new NCALayerClient(form.dataset.url, false);
    client.kmdHttpApiUrl = form.dataset.probe;
    try {
      await within(CONNECT_MILLISECONDS, client.connect());
    } catch (error) {
      close(client);
      throw Object.assign(new Error("absent"), { text: "absent" });
    }
    return client;
  };

  const close = (client) => {
    if (client && client.wsConnection) {
      client.wsConnection.onclose = null;
      client.wsConnection.close();
    }
  };

  const ask = {
    certificate: async (client, form) => {
      // commonUtils takes no locale with a call, and writes Kazakh as kz.
      await client.changeLocale(form.dataset.locale === "kk" ? "kz" : form.dataset.locale);
      return (await client.getKeyInfo(STORAGE)).pem;
    },
    xml: async (client, form) => {
      const result = await client.basicsSign(
        [STORAGE],
        "xml",
        toText(form.dataset.document),
        {},
        JSON.parse(form.dataset.signer),
        form.dataset.locale,
      );
      return toBase64(Array.isArray(result) ? result[0] : result);
    },
  };

  const textOf = (error) => {
    if (error.text) return error.text;
    if (error instanceof Late) return "late";
    if (error instanceof Stopped || error.canceledByUser || /action\.canceled/.test(error.message)) return "cancelled";
    if (/password/i.test(error.message)) return "password";
    if (/закрыл соединение/.test(error.message)) return "closed";
    if (/EMPTY_KEY_LIST|storage\.empty|no.key/i.test(error.message)) return "unfit";
    return "failed";
  };

  const prepare = (form) => {
    const start = form.querySelector("[data-signing-start]");
    const stop = form.querySelector("[data-signing-stop]");
    const status = form.querySelector("[data-signing-status]");
    const texts = form.querySelector("[data-signing-texts]").content;
    let stopWaiting = null;

    const say = (name, more = "") => {
      status.dataset.state = name;
      status.textContent = `${texts.querySelector(`[data-text="${name}"]`).textContent}${more ? ` ${more}` : ""}`;
    };

    const run = async () => {
      const stopped = new Promise((_, reject) => {
        stopWaiting = () => reject(new Stopped("stopped"));
      });
      stopped.catch(() => {});
      let client = null;
      try {
        say("connecting");
        client = await Promise.race([connect(form), stopped]);
        stop.hidden = false;
        say("choosing");
        const answer = ask[form.dataset.signing](client, form);
        answer.catch(() => {});
        form.elements.namedItem(form.dataset.field).value = await within(ANSWER_MILLISECONDS, Promise.race([answer, stopped]));
        say("sending");
        form.submit();
      } catch (error) {
        const name = textOf(error);
        say(name, name === "failed" ? error.message : "");
        start.disabled = false;
        start.focus();
      } finally {
        stop.hidden = true;
        close(client);
      }
    };

    start.addEventListener("click", () => {
      start.disabled = true;
      if (form.dataset.windowUrl) {
        // Only the simulated NCALayer shows its window in the browser; the real one opens its own.
        window.open(form.dataset.windowUrl, "_blank", "noopener,popup,width=760,height=760");
      }
      run();
    });
    stop.addEventListener("click", () => stopWaiting && stopWaiting());
    // A page that the browser takes from its memory begins anew.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) {
        start.disabled = false;
        status.textContent = "";
      }
    });
    start.hidden = false;
  };

  document.querySelectorAll("form[data-signing]").forEach(prepare);
})();
