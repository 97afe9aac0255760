# SPDX-License-Identifier: Apache-2.0
"""Virtual environments, one for each pinned set of packages, made once and kept."""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements"
TRIES = 3
INSTALL_SECONDS = 300


def ensure(name: str, root: Path) -> Path:
    """Returns the Python of the environment with the packages of `requirements/<name>.txt`."""
    listing = REQUIREMENTS / f"{name}.txt"
    folder = root / name
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    wanted = hashlib.sha256(listing.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted and python.exists():
        return python
    for attempt in range(1, TRIES + 1):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _run([sys.executable, "-m", "venv", str(folder)])
            _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                  "--requirement", str(listing)])
            break
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            output = error.output or b""
            print(f"pip failed for {name} (try {attempt} of {TRIES}): {output.decode(errors='replace')[-2000:]}")
            if attempt == TRIES:
                raise
            time.sleep(5 * attempt)
    stamp.write_text(wanted)
    return python


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                   stderr=subprocess.STDOUT, timeout=INSTALL_SECONDS)
