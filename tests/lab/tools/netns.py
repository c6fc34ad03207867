# SPDX-License-Identifier: BSD-3-Clause
"""Sockets in other network namespaces, from one process.

A socket stays in the namespace that its thread was in when it was made, so a test can hold one end
of the wire in each of several namespaces without starting a program in any.
"""
import contextlib
import ctypes
import os

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))


@contextlib.contextmanager
def inside(name):
    """The calling thread is in namespace @name (below /run/netns) meanwhile; "." is where it is."""
    if name == ".":
        yield
        return
    with open("/proc/thread-self/ns/net", "rb") as home, open(f"/run/netns/{name}", "rb") as there:
        _setns(there.fileno())
        try:
            yield
        finally:
            _setns(home.fileno())
