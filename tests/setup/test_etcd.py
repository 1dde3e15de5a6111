"""Reaching the etcd of an embedded control plane."""

import socket

from setup.etcd import Etcd


def test_a_socket_that_is_there_but_not_listening_yet_does_not_count(tmp_path):
    assert not Etcd.listens(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "etcd.sock"))
        assert not Etcd.listens(tmp_path)
        server.listen()
        assert Etcd.listens(tmp_path)
