"""What an etcd snapshot holds, found out by restoring it: into a scratch etcd on the node where the file lies."""

import re

from grader.errors import Broken, Miss
from grader.node import Node

SECONDS = 9
_ABSENT, _BAD, _EMPTY = 41, 42, 43
# Everything lies in one folder of tmpfs or disk that the trap removes; `timeout` ends the script with its trap.
_SCRIPT = r"""
file=$1 key=$2
[ -f "$file" ] || exit 41
[ -s "$file" ] || exit 43
work=$(mktemp -d /var/tmp/labs-snapshot.XXXXXX)
server=
finish() {
  [ -z "$server" ] || kill -9 "$server" 2>/dev/null
  umount "$work/image" 2>/dev/null || ctr -n k8s.io images unmount "$work/image" >/dev/null 2>&1
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT
etcdutl snapshot restore "$file" --data-dir "$work/data" >"$work/log" 2>&1 || { tail -c 300 "$work/log" >&2; exit 42; }
etcd=$(command -v etcd || true)
if [ -z "$etcd" ]; then
  image=$(ctr -n k8s.io images ls -q | grep -m1 '/etcd:')
  mkdir "$work/image"
  ctr -n k8s.io images mount "$image" "$work/image" >/dev/null
  etcd=$work/image/usr/local/bin/etcd
fi
port=$((20000 + $$ % 5000)) # it and the peers' are below those of NodePorts and of connections, which may be taken
"$etcd" --data-dir "$work/data" --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls \
  "http://127.0.0.1:$port" --listen-peer-urls "http://127.0.0.1:$((port + 5000))" >"$work/log" 2>&1 &
server=$!
for try in $(seq 60); do
  if etcdctl --endpoints "http://127.0.0.1:$port" --command-timeout=1s get "$key" --print-value-only >"$work/value" 2>&1
  then tr -c '[:print:]\n' ' ' <"$work/value"; exit 0; fi
  kill -0 "$server" || break
  sleep 0.1
done
tail -c 300 "$work/log" >&2
exit 1
"""


def value_in_snapshot(node: Node, path: str, key: str) -> str:
    """Return the printable part of the value that a snapshot file on the node holds under ``key``, empty for none.

    Miss when there is no such file, or it is no whole snapshot (etcdutl verifies its hash); Broken when the scratch
    etcd does not start.
    """
    see = f"etcdutl snapshot status {path} (on {node.name})"
    ran = node.run("bash -c %s snapshot %s %s", _SCRIPT, path, key, seconds=SECONDS)
    match ran.code:
        case 0:
            return ran.output
        case code if code == _ABSENT:
            raise Miss(f"there is no file {path} on {node.name}", see)
        case code if code == _EMPTY:
            raise Miss(f"{path} on {node.name} is empty", see)
        case code if code == _BAD:
            reason = re.findall(r"[Ee]rror:? *(.*)", ran.errors)
            raise Miss(f"{path} is not a whole snapshot: {(reason or [ran.errors])[-1][:300]}", see)
    raise Broken(f"the scratch etcd on {node.name} gives no answer: {ran.errors[-300:]}")
