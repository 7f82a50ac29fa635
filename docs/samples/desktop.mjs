// A desktop app's licence: `node desktop.mjs buy EMAIL`, pay, then `node desktop.mjs check` at each start.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const BACKEND = process.env.BACKEND ?? "http://127.0.0.1:8788";
const FILE = process.env.LICENCE ?? "licence.json";
const kept = existsSync(FILE) ? JSON.parse(readFileSync(FILE)) : { device: randomUUID() };
const clock = () => Date.now() / 1000;

async function ask(path, token, body) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const post = body && { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(BACKEND + path, { headers, ...post, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw Object.assign(new Error(await answer.text()), { status: answer.status });
  return answer.json();
}

async function check() {
  const proof = kept.token ? "" : `&checkoutSessionId=${kept.session}`;
  try {
    const now = await ask(`/api/license/status?deviceId=${kept.device}${proof}`, kept.token);
    Object.assign(kept, { seen: now.serverTime, ahead: now.serverTime - clock(), why: now.code, until: 0 });
    if (now.active) Object.assign(kept, { until: now.expiresAt, token: now.deviceAccessToken });
  } catch (problem) { // nobody answers, or a refusal: what was last said stands until its end
    if (problem.status === 401 && kept.token) { // the token is over; the checkout session proves who we are
      delete kept.token;
      return check();
    }
    kept.seen = Math.max(kept.seen ?? 0, clock() + (kept.ahead ?? 0)); // a clock may be set back
    kept.why = kept.seen < (kept.until ?? 0) ? "OFFLINE" : "EXPIRED";
  }
  return `${kept.seen < (kept.until ?? 0) ? "active" : "locked"}: ${kept.why}`;
}

if (process.argv[2] === "buy") {
  const body = { deviceId: kept.device, email: process.argv[3] };
  const checkout = await ask("/api/billing/checkout", undefined, body);
  kept.session = checkout.sessionId;
  console.log("pay at", checkout.url);
} else console.log(kept.session ? await check() : "locked: NOT_BOUGHT");
writeFileSync(FILE, JSON.stringify(kept));
