"""A server in a process of its own, for as long as a block of code runs."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


@contextlib.contextmanager
def served(command, ready):
    """Starts `command(port)`, waits until the path `ready` answers, gives its address, ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command(port), stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait(process, address + ready, log)
            yield address
        finally:
            # Its workers, too.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait(process, url, log):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.2)
    log.seek(0)
    raise RuntimeError(f"{url} never answered\n{log.read().decode()}")
