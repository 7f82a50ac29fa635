"""A desktop app without its windows: the state file, HTTP and signature checks around `core.desktop`."""
