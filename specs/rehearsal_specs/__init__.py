"""The contract of a billing rehearsal, and its one reader.

Holds what a manifest declares, what Stripe does, what must be proved and what a wire may do, as files;
turns those files into frozen, typed values, or into diagnostics with file:line:column.  Knows no server, no
simulated Stripe and no clock.  Types live in `manifest` and `tables`; only `reader` opens files.
"""
