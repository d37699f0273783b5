import os
import subprocess
import sys
from pathlib import Path


def test_without_a_signing_key_the_api_says_how_to_make_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.accounts", "api"],
        env=os.environ
        | {"DATABASE_URL": "postgresql://nowhere.invalid/x", "TOKEN_KEYS_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "openssl genpkey -algorithm ed25519" in done.stderr
    assert "Traceback" not in done.stderr
