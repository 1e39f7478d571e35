"""`python -m gallama` is `gallama`."""

import sys

from gallama.cli import main

sys.exit(main())
