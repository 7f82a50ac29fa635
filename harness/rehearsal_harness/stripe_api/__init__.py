"""The simulated Stripe at its edges: one exchange, and three adapters of a few lines around it.

`wire` turns HTTP's words into the pure handler's and back; `client` stands in the official SDK, `callbacks`
in the package `responses`, `app` behind a web server.  Nothing here is imported before it is used: the SDK
alone costs 0.4 s.
"""
