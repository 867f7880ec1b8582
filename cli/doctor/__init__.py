"""Explains why an embed's URL doesn't work.

What can be told from the URL alone (`diagnosis`) is apart from asking the server (`asking`). Neither
needs a secret, and no finding holds a token, a secret or a variable's value.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("clerestory") is None:
    sys.path.append(str(Path(__file__).parents[2] / "layers" / "clerestory"))
