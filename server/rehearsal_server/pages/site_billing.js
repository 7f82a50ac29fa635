// What the site's pages share: readiness, Pay buttons, and what became of a checkout.
// The server has said everything already when a page arrives; this keeps it true while the page is open.
// It decides nothing: readiness and states are the server's, and an address proves no payment.
"use strict";
(() => {
  const config = __CONFIG__;
  const attribute = (name) => "data-__PREFIX__-" + name;
  const every = (name, within = document) => [...within.querySelectorAll("[" + attribute(name) + "]")];
  const pausesMs = [1000, 2000, 3000, 5000, 8000, 13000, 21000, 34000];
  const settled = new Set(["paid", "fulfilled", "failed"]);
  const sessionId = /^cs_(test|live)_[A-Za-z0-9_]{1,200}$/;

  async function asked(path, options = {}) {
    const answer = await fetch(path, { ...options, headers: { Accept: "application/json", ...options.headers } });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error ? body.error.message : "The server could not answer.");
    return body;
  }

  // The server's readiness; null when it cannot be asked, and then the page stays as it came.
  async function __PREFIX__LoadBillingStatus() {
    try {
      return await asked(config.paths.billing_status, { cache: "no-store" });
    } catch {
      return null;
    }
  }

  function __PREFIX__BillingSummaryText(status) {
    return status ? status.summary : "";
  }

  // Takes away what can no longer be bought online. What has become available shows when the page is loaded.
  function __PREFIX__ApplyBillingPlanCards(status) {
    if (!status) return;
    for (const target of every("billing-summary")) target.textContent = __PREFIX__BillingSummaryText(status);
    for (const card of every("plan")) {
      const plan = status.plans[card.getAttribute(attribute("plan"))];
      if (plan && plan.available) continue;
      for (const online of every("online", card)) online.remove();
      for (const reason of every("plan-reason", card)) reason.textContent = plan ? plan.reason : "";
    }
  }

  // Leads to where it is paid or managed. Without this script the browser sends the same form itself.
  function __PREFIX__InstallBillingPayButtonHandler() {
    document.addEventListener("submit", async (event) => {
      const form = event.target;
      if (!form.hasAttribute(attribute("pay"))) return;
      event.preventDefault();
      const button = form.querySelector("button");
      const problem = every("problem", form)[0] || every("problem", form.parentElement)[0];
      button.disabled = true;
      if (problem) problem.hidden = true;
      try {
        const body = JSON.stringify(Object.fromEntries(new FormData(form)));
        const headers = { "Content-Type": "application/json" };
        const answer = await asked(form.getAttribute("action"), { method: "POST", body, headers });
        window.location.assign(answer.url);
      } catch (error) {
        button.disabled = false;
        if (problem) {
          problem.textContent = error.message;
          problem.hidden = false;
        }
      }
    });
    // A page that comes back out of the browser's memory must not keep its buttons shut.
    window.addEventListener("pageshow", () => {
      for (const form of every("pay")) form.querySelector("button").disabled = false;
    });
  }

  // What the address says: {checkout: "success" | "cancel" | "", sessionId}. It says nothing about money.
  function __PREFIX__CheckoutReturnState(search = window.location.search) {
    const query = new URLSearchParams(search);
    const said = query.get("checkout");
    const id = query.get("session_id") || "";
    return {
      checkout: said === "success" || said === "cancel" ? said : "",
      sessionId: said === "success" && sessionId.test(id) ? id : "",
    };
  }

  function __PREFIX__BillingReturnText(state) {
    return config.texts[state] || "";
  }

  function show(state) {
    for (const target of every("billing-return")) {
      const text = __PREFIX__BillingReturnText(state);
      if (target.getAttribute("data-state") === state) continue;
      target.setAttribute("data-state", state);
      target.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
      target.hidden = !text;
    }
  }

  // Asks, a bounded number of times and ever more slowly, until the webhook has been processed.
  async function __PREFIX__RefreshBillingReturnNotices(pauses = pausesMs) {
    const returned = __PREFIX__CheckoutReturnState();
    if (!returned.checkout || every("billing-return").length === 0) return returned.checkout;
    if (!returned.sessionId) {
      show(returned.checkout);
      return returned.checkout;
    }
    const query = new URLSearchParams({ session_id: returned.sessionId });
    for (const pause of pauses) {
      try {
        const answer = await asked(config.paths.checkout_status + "?" + query, { cache: "no-store" });
        show(answer.state);
        if (settled.has(answer.state)) return answer.state;
      } catch {
        // Asked again after the pause; nothing is known, so nothing is said.
      }
      await new Promise((resume) => setTimeout(resume, pause));
    }
    show("waiting");
    return "waiting";
  }

  Object.assign(window, {
    __PREFIX__LoadBillingStatus,
    __PREFIX__BillingSummaryText,
    __PREFIX__ApplyBillingPlanCards,
    __PREFIX__InstallBillingPayButtonHandler,
    __PREFIX__CheckoutReturnState,
    __PREFIX__BillingReturnText,
    __PREFIX__RefreshBillingReturnNotices,
  });

  async function start() {
    __PREFIX__InstallBillingPayButtonHandler();
    __PREFIX__RefreshBillingReturnNotices();
    if (every("billing-summary").length > 0) __PREFIX__ApplyBillingPlanCards(await __PREFIX__LoadBillingStatus());
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
