"""A desktop app's licence: `python desktop.py buy EMAIL`, pay, then `python desktop.py check` at each start."""
import json
import os
import sys
import time
import uuid
from pathlib import Path
from urllib.request import Request, urlopen

BACKEND = os.environ.get("BACKEND", "http://127.0.0.1:8788")
FILE = Path(os.environ.get("LICENCE", "licence.json"))


def ask(path, body=None, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body else None
    with urlopen(Request(BACKEND + path, data, headers), timeout=10) as answer:
        return json.load(answer)


def check(kept):
    proof = "" if "token" in kept else f"&checkoutSessionId={kept['session']}"
    try:
        now = ask(f"/api/license/status?deviceId={kept['device']}{proof}", token=kept.get("token"))
        kept |= {"seen": now["serverTime"], "ahead": now["serverTime"] - time.time(), "why": now["code"]}
        kept |= {"until": now["expiresAt"], "token": now["deviceAccessToken"]} if now["active"] else {"until": 0}
    except OSError as problem:  # nobody answers, or a refusal: what was last said stands until its end
        if getattr(problem, "code", 0) == 401 and kept.pop("token", None):
            return check(kept)  # the token is over; the checkout session proves who we are
        kept["seen"] = max(kept.get("seen", 0), time.time() + kept.get("ahead", 0))  # a clock may be set back
        kept["why"] = "OFFLINE" if kept["seen"] < kept.get("until", 0) else "EXPIRED"
    return f"{'active' if kept['seen'] < kept.get('until', 0) else 'locked'}: {kept['why']}"


kept = json.loads(FILE.read_text()) if FILE.exists() else {"device": uuid.uuid4().hex}
if sys.argv[1] == "buy":
    checkout = ask("/api/billing/checkout", {"deviceId": kept["device"], "email": sys.argv[2]})
    kept["session"] = checkout["sessionId"]
    print("pay at", checkout["url"])
else:
    print(check(kept) if "session" in kept else "locked: NOT_BOUGHT")
FILE.write_text(json.dumps(kept))
