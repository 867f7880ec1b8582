"""What `sam build` runs for each function and layer, through the Makefiles.

Only Python's own library is imported here: a fresh clone has nothing else yet.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  whoever builds may have an older one
    sys.exit("Clerestory is built with Python 3.11 or newer; name one with `PYTHON=... sam build`.")
