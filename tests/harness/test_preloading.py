"""The client of Kubernetes is loaded in the background while judges that run side by side ask for it."""

import subprocess
import sys

PROGRAM = """
import threading
from pathlib import Path

from grader import K8s
from harness.app import preload

def connect():
    try:
        K8s.connect(Path({kubeconfig!r}), vars={{}}, work=Path("/nowhere"), nodes={{}}).close()
    except BaseException as error:
        print(error)
        raise

preload()
threads = [threading.Thread(target=connect) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""


def test_nobody_gets_half_a_client(tmp_path):
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(KUBECONFIG)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(kubeconfig=str(kubeconfig))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")
