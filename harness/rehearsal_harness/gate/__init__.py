"""The gate's edges: each kind of need is looked up where it can be known.

Decides: which collector answers which kind.  Does not judge: rehearsal_harness.core.gate does.  Nothing here
creates or changes anything, and no value of a secret leaves the function that reads it.
"""
