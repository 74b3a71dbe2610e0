// Shows what fits, counts characters, and keeps what was typed. Without this file the pages work as plain forms.
"use strict";

(() => {
  const WAIT = 5000; // for the server to say that it is there
  const RELEASE = 15000; // a button works again, whatever became of the last press
  const NEAR = 100; // characters left from which on they are counted, in a long field
  const typing = [...document.forms].find((form) => "unsaved" in form.dataset || form.querySelector("textarea"));
  let unsaved = Boolean(typing && "unsaved" in typing.dataset);
  let busy = false;
  let passed = false; // what is being sent has been through here

  // --- only what is asked

  function filled(part) {
    return [...part.querySelectorAll("input, textarea, select")].some((field) =>
      ["checkbox", "radio"].includes(field.type) ? field.checked : field.value.trim()
    );
  }

  function fit() {
    // What holds something typed stays in sight: it would be sent, and must be seen to be.
    for (const part of document.querySelectorAll("[data-only-with]")) {
      const tick = [...document.getElementsByName(part.dataset.onlyWith)].find((box) => box.value === part.dataset.value);
      part.hidden = !tick.checked && !filled(part);
    }
    for (const part of document.querySelectorAll("[data-unless]")) {
      part.hidden = Boolean(document.getElementById(part.dataset.unless).value) && !filled(part);
    }
  }

  // --- characters left, counted as the server counts them

  function count(field) {
    const limit = Number(field.dataset.limit);
    const left = limit - [...field.value.trim()].length;
    const said = document.querySelector(`[data-left="${field.id}"]`);
    said.hidden = left > Math.min(NEAR, limit / 5);
    said.classList.toggle("over", left < 0);
    const word = Math.abs(left) === 1 ? "character" : "characters";
    if (said.hidden) said.textContent = "";
    else said.textContent = left < 0 ? `${-left} ${word} too many` : `${left} ${word} left`;
  }

  // --- sending, once

  function hold(form) {
    busy = true;
    const button = document.activeElement;
    for (const each of document.querySelectorAll("button[type=submit]")) {
      if (each.form !== form) continue;
      each.setAttribute("aria-disabled", "true");
      each.dataset.label ??= each.textContent;
      if (each.dataset.wait) each.textContent = each.dataset.wait;
    }
    if (button && button.form === form) button.focus();
    setTimeout(release, RELEASE);
  }

  function release() {
    busy = false;
    for (const each of document.querySelectorAll("button[aria-disabled]")) {
      each.removeAttribute("aria-disabled");
      each.textContent = each.dataset.label;
    }
  }

  async function reachable() {
    try {
      const answer = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(WAIT) });
      return answer.ok;
    } catch {
      return false;
    }
  }

  async function send(form, button) {
    // The browser's own page of a dead connection would take the form away, so the server is asked first.
    if (await reachable()) {
      unsaved = false;
      passed = true;
      form.requestSubmit(button); // with the button: which one was pressed is part of what is sent
      passed = false;
      return;
    }
    release();
    const offline = document.getElementById("offline");
    offline.replaceChildren(document.getElementById("unreachable").content.cloneNode(true));
    offline.scrollIntoView({ block: "start" });
    offline.querySelector("[tabindex]").focus({ preventScroll: true });
  }

  document.addEventListener("submit", (event) => {
    if (passed) return;
    if (busy) {
      event.preventDefault();
      return;
    }
    hold(event.target);
    if (event.target !== typing) return;
    event.preventDefault();
    send(typing, event.submitter);
  });

  document.addEventListener("input", (event) => {
    if (typing && typing.contains(event.target)) unsaved = true;
    if (event.target.dataset.limit) count(event.target);
    fit();
  });

  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  addEventListener("pageshow", () => { // also when the browser brings the page back as it was left
    release();
    fit();
  });

  document.querySelectorAll("[data-limit]").forEach(count);
  fit();
})();
