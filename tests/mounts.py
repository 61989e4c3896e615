"""Whether this process may mount file systems, which root may not everywhere (containers)."""

import subprocess
from functools import cache


@cache
def may_mount() -> bool:
    """Whether a small file system can be mounted where nobody else sees it."""
    command = ["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/tmp"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
