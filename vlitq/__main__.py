"""`python -m vlitq`."""

import sys

from vlitq.cli import main

sys.exit(main())
