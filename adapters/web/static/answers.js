// Keeps the counts of a draft up to date while it is written, as the server counts them, and asks before what was
// written is left behind. Without this file the form works as it is: "Check" shows the same.
"use strict";

(() => {
  const form = document.querySelector("[data-draft]");
  if (!form) return;
  const PAUSE = 900; // after the last key
  const WAIT = 8000; // for the server
  let timer = 0;
  let asked = 0;
  let unsaved = false;

  async function count() {
    // The address by its attribute: form.action is one of the buttons, which have that name.
    const mine = (asked += 1);
    const fields = new URLSearchParams(new FormData(form));
    fields.set("action", "check");
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        body: fields,
        redirect: "error",
        signal: AbortSignal.timeout(WAIT),
      });
    } catch {
      return; // the counts stay as they are
    }
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"); // our own page
    if (mine !== asked) return;
    for (const part of document.querySelectorAll("p[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (!fresh) continue;
      part.textContent = fresh.textContent;
      part.className = fresh.className;
    }
    checked(page);
  }

  function checked(page) {
    // What is wrong changes in its place, and is not read out at every pause: the buttons do that.
    const fresh = page.getElementById("checked");
    const part = document.getElementById("checked");
    if (!fresh || !part) return;
    for (const each of fresh.querySelectorAll("[role], [autofocus], [tabindex]")) {
      for (const name of ["role", "autofocus", "tabindex"]) each.removeAttribute(name);
    }
    part.replaceChildren(...fresh.childNodes);
  }

  form.addEventListener("input", () => {
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(count, PAUSE);
  });

  form.addEventListener("submit", () => {
    unsaved = false;
  });

  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
})();
