// Live updates and orders without a reload.  Everything works without this file: forms post and redirect.
"use strict";
(() => {
  const POLL_MS = 5000;
  const query = document.querySelector("[data-query]").dataset.query; // which account
  const shown = {};

  // The page's parts, asked for again after each change; what somebody types into or reads is left alone.
  const APART_MS = 400;
  let asking = false;
  let again = false;
  let asked = 0;
  async function refresh() {
    if (asking) { again = true; return; }
    asking = true;
    const early = asked + APART_MS - performance.now();
    if (early > 0) await new Promise(done => setTimeout(done, early));
    asked = performance.now();
    try {
      const response = await fetch("/control/sections" + query, { headers: { Accept: "application/json" } });
      if (response.ok) for (const [name, html] of Object.entries(await response.json())) show(name, html);
    } catch { /* the bench is down; the stream says when it is back */ }
    asking = false;
    if (again) { again = false; refresh(); }
  }

  function show(name, html) {
    const place = document.querySelector(`[data-live="${name}"]`);
    if (!place || shown[name] === html) return;
    const active = document.activeElement;
    const typing = place.contains(active) && active.matches("input, select, textarea");
    if (typing || place.dataset.touched) return;
    if (performance.now() - pressedAt < PRESS_MS) { again = true; return; }
    const made = document.createElement("template");
    made.innerHTML = html;
    shown[name] = html;
    if (made.innerHTML === place.innerHTML) return; // as it was loaded: nothing is swapped below a finger
    const open = [...place.querySelectorAll("details[open][id]")].map(each => each.id);
    const scrolled = [...place.querySelectorAll(".scrolls")].map(each => [each.scrollLeft, each.scrollTop]);
    const focused = place.contains(active) ? pathTo(place, active) : null;
    place.replaceChildren(made.content);
    for (const id of open) { const each = document.getElementById(id); if (each) each.open = true; }
    place.querySelectorAll(".scrolls").forEach((each, n) => { if (scrolled[n]) [each.scrollLeft, each.scrollTop] = scrolled[n]; });
    const found = focused && follow(place, focused);
    if (found) found.focus({ preventScroll: true });
    if (name === "clock") tick();
  }

  // A button is pressed only where it is also let go: until then it is not swapped away.
  const PRESS_MS = 5000;
  let pressedAt = -Infinity;
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => { pressedAt = performance.now(); }, true);
  for (const name of ["pointerup", "pointercancel", "keyup"]) {
    addEventListener(name, () => setTimeout(() => { pressedAt = -Infinity; }), true);
  }

  // Where the focus was, by ids and places, so that it can come back after a swap.
  function pathTo(root, element) {
    const steps = [];
    for (let each = element; each !== root; each = each.parentElement) {
      if (each.id) { steps.unshift("#" + CSS.escape(each.id)); break; }
      steps.unshift(`:scope > :nth-child(${[...each.parentElement.children].indexOf(each) + 1})`);
    }
    return steps;
  }
  function follow(root, steps) {
    return steps.reduce((here, step) => here && here.querySelector(step), root);
  }

  document.addEventListener("input", event => {
    const place = event.target.closest("[data-live]");
    if (place) place.dataset.touched = "yes";
  });

  // Orders
  document.addEventListener("submit", async event => {
    const form = event.target.closest("form[data-order]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form, button));
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      say(await response.json());
    } catch {
      say({ error: { where: "the bench", what: "it did not answer", expected: "rehearse serve to run" } });
    }
    if (button) button.removeAttribute("aria-busy");
    const place = form.closest("[data-live]");
    if (place) delete place.dataset.touched;
    if (place && place.contains(document.activeElement) && !document.activeElement.matches("button")) document.activeElement.blur();
    refresh();
  });

  function say(told) {
    const said = document.getElementById("said");
    const note = document.createElement("p");
    note.className = told.error ? "notice notice-bad" : "notice notice-good";
    if (told.error) {
      const where = document.createElement("strong");
      where.textContent = told.error.where;
      note.append(where, `: ${told.error.what}. Expected ${told.error.expected}.`);
    } else {
      note.append(told.said);
      if (told.link) {
        const link = document.createElement("a");
        link.href = told.link;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = "Open the hosted page";
        note.append(" ", link);
      }
    }
    said.replaceChildren(note);
  }

  // Copying
  document.addEventListener("click", async event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  // The clock runs on between two answers.
  let since = performance.now();
  const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const times = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });
  function tick() { since = performance.now(); }
  setInterval(() => {
    const clock = document.querySelector("[data-now]");
    if (!clock || Number(clock.dataset.speed) === 0) return;
    const now = Number(clock.dataset.now) + Number(clock.dataset.speed) * (performance.now() - since) / 1000;
    const date = new Date(now * 1000);
    clock.querySelector("[data-day]").textContent = days.format(date);
    clock.querySelector("[data-time]").textContent = times.format(date);
  }, 250);

  // News; where too many pages listen already, this one asks now and then.
  let polling = null;
  function listen() {
    const stream = new EventSource("/control/stream");
    stream.addEventListener("changed", refresh);
    stream.onopen = () => { if (polling) { clearInterval(polling); polling = null; } };
    stream.onerror = () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      if (!polling) polling = setInterval(refresh, POLL_MS);
      setTimeout(listen, 6 * POLL_MS);
    };
  }
  listen();
})();
