"""A desktop app as a client of a billing backend: what it keeps, what it believes, and what it opens.

Pure: the clock's reading, the server's answers and the check of a signature are passed in.  `device` is the
part that a search holds in its nodes; the rest is what a real installation needs on top.
"""

from .device import Device

__all__ = ["Device"]
