"""`python -m rehearsal_harness.cli` is the `rehearse` command."""

import sys

from rehearsal_harness.cli import main

sys.exit(main())
