"""Pure: data in, data out.  No file, no socket, no clock, no chance."""
