"""Tallystick: the version, and where its packages are found.

Shape: in the checkout `domain`, `commands` … are plain top-level packages; in the wheel they lie
in the drawer `tallystick/_app/`, which importing this package puts first on `sys.path`.
"""

import sys
from pathlib import Path

__version__ = "0.1.0"

_DRAWER = Path(__file__).parent / "_app"
if _DRAWER.is_dir() and str(_DRAWER) not in sys.path:
    sys.path.insert(0, str(_DRAWER))
