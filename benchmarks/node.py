"""npm packages that only a bench needs, in a folder that goes with it, and a Node new enough for them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

NODE = "node@24.9.0"


def install(source: Path, place: Path, needs: str) -> str:
    """Copy `source` (a package.json and its scripts) to `place` and install there. The Node that runs
    them: the one at hand when it can run the code `needs`, else one installed beside them.

    Raises OSError without npm, CalledProcessError when it fails.
    """
    shutil.copytree(source, place, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    own = subprocess.run(["node", "-e", needs], capture_output=True, check=False)
    packages = [] if own.returncode == 0 else [NODE]
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages]
    subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL, check=True)
    return str(place / "node_modules" / ".bin" / "node") if packages else "node"
