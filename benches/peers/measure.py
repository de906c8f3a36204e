"""Runs a command and prints what it cost, as JSON: wall and CPU seconds (user and system), peak memory in MiB.

    python3 measure.py <command> [argument]...

Takes the numbers from getrusage(RUSAGE_CHILDREN), so that threads and grandchildren count. The command's own output goes
to stderr; its exit status is passed on.
"""

import json
import resource
import subprocess
import sys
import time

start = time.monotonic()
status = subprocess.run(sys.argv[1:], stdout=sys.stderr, check=False).returncode
wall = time.monotonic() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"wall": round(wall, 3), "cpu": round(usage.ru_utime + usage.ru_stime, 3), "mib": usage.ru_maxrss // 1024}))
sys.exit(status)
