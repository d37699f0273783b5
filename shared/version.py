"""The version that runs: what the image was built as."""

import os
from typing import Final

VERSION: Final = os.environ.get("TASUKI_VERSION", "unreleased")
