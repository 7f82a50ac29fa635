"""The running bench: one world that time, sockets and pages share, for as long as `rehearse serve` runs.

Decides: who may change the world and when, what is delivered, and what a page may know.  Does not know any
rule of Stripe's (`core`), nor how a page looks.
"""
