// Adds each reply to the conversation without loading the page anew. Without this file the page works as plain forms.
"use strict";

(() => {
  const log = document.getElementById("conversation");
  const form = document.getElementById("ask");
  const box = document.getElementById("text");
  const problem = document.getElementById("problem");
  const status = document.getElementById("status");
  const examples = document.getElementById("examples");
  if (!log || !form || !box) return; // a page without a chat
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const onTouch = matchMedia("(pointer: coarse)");
  const WAIT = 20000;
  let busy = false;
  document.documentElement.classList.add("scripted");

  function part(id) {
    return document.getElementById(id).content.cloneNode(true);
  }

  function show(node) {
    node.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }

  function addQuestion(text) {
    const asked = part("asked").firstElementChild;
    asked.lastElementChild.textContent = text;
    log.append(asked);
    return asked;
  }

  function explain(content) {
    problem.replaceChildren(content);
    box.setAttribute("aria-invalid", "true");
    problem.scrollIntoView({ block: "nearest" });
  }

  function clearProblem() {
    problem.replaceChildren();
    box.removeAttribute("aria-invalid");
  }

  function parse(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html; // made by our own server, which escapes everything
    holder.content.querySelectorAll("[autofocus]").forEach((node) => node.removeAttribute("autofocus"));
    return holder.content;
  }

  function send(fields) {
    return fetch("/", {
      method: "POST",
      body: fields,
      headers: { "X-Requested-With": "fetch" },
      redirect: "error",
      signal: AbortSignal.timeout(WAIT),
    });
  }

  async function renewToken(fields) {
    const page = await fetch("/", { redirect: "error", signal: AbortSignal.timeout(WAIT) });
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#ask [name=token]");
    if (!fresh) return false;
    document.querySelectorAll("input[name=token]").forEach((field) => { field.value = fresh.value; });
    fields.set("token", fresh.value);
    return true;
  }

  async function ask(fields) {
    let response = await send(fields);
    if (response.status === 403 && (await renewToken(fields))) response = await send(fields);
    const text = await response.text();
    if (!response.ok) {
      const plain = (response.headers.get("Content-Type") || "").startsWith("text/plain");
      return { fault: plain ? document.createTextNode(text) : parse(text) };
    }
    const reply = parse(text).querySelector(".reply");
    return reply ? { reply } : { fault: part("unreachable") }; // a proxy's own page is no reply
  }

  function place(reply, asked, pressed) {
    log.append(reply);
    show(asked || reply);
    const heading = reply.querySelector("[tabindex='-1']");
    const mustBeSeen = reply.classList.contains("reply-handover");
    if (heading && (pressed || mustBeSeen || onTouch.matches)) heading.focus({ preventScroll: true });
    if (examples) examples.hidden = true;
  }

  function placeThanks(reply, source) {
    const said = reply.querySelector(".said");
    if (reply.querySelector("a, button")) { // more than thanks: what else may help
      source.remove();
      place(reply, null, true);
      return;
    }
    source.replaceWith(said);
    said.focus({ preventScroll: true });
  }

  function placeAside(reply, holder) { // what is said of an answer stands under it
    holder.replaceChildren(...reply.childNodes);
    holder.querySelector(".said").focus({ preventScroll: true });
    holder.scrollIntoView({ block: "nearest" });
  }

  async function submit(source, button) {
    const fields = new URLSearchParams(new FormData(source));
    if (button && button.name) fields.set(button.name, button.value);
    const typed = source === form;
    const feedback = source.dataset.chat === "feedback";
    const holder = source.dataset.chat === "aside" ? source.closest(".aside") : null;
    const words = typed ? box.value.trim() : button.textContent.trim();
    if (busy) return;
    if (typed && !words) {
      box.focus();
      return;
    }
    busy = true;
    clearProblem();
    status.textContent = "Looking it up…";
    const asked = feedback || holder ? null : addQuestion(words);
    if (typed) box.value = "";
    try {
      const { reply, fault } = await ask(fields).catch(() => ({ fault: part("unreachable") }));
      if (reply && holder) placeAside(reply, holder);
      else if (reply && feedback) placeThanks(reply, source);
      else if (reply) {
        place(reply, asked, !typed);
        if (typed && "retype" in reply.dataset && !box.value) box.value = words;
      }
      else {
        if (asked) asked.remove();
        if (typed) {
          if (!box.value) box.value = words;
          box.focus();
        }
        explain(fault);
      }
    } finally {
      busy = false;
      status.textContent = "";
    }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-chat]")) return;
    event.preventDefault();
    submit(event.target, event.submitter);
  });

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
