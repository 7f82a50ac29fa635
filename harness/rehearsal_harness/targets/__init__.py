"""What is rehearsed: the reference server in process, or any WSGI app that keeps its facts in SQLite."""
