# SPDX-License-Identifier: BSD-3-Clause
"""A world with accounts of its own, for tests that are several people: a mount and network namespace
in which /etc/passwd, /etc/group, /etc/shadow, /run and the homes are the test's.

A test calls enter() first of all: it starts the program again inside. That takes root.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

INSIDE = "HEDDLE_TEST_ACCOUNTS"
SKIP = 77
# name: (uid, groups). "sshd" is what sshd wants for its processes without rights, and heddle-mgmt
# what an installed heddled runs heddle-mgmt as.
GROUPS = {"heddle": 971, "heddle-view": 972, "heddle-vm": 973, "staff2": 974}
USERS = {"olga": (5001, ["heddle"]), "vera": (5002, ["heddle-view"]), "mara": (5003, []),
         "both": (5004, ["heddle", "heddle-view"]), "stan": (5005, ["staff2"]), "heddle-mgmt": (5098, []),
         "sshd": (5099, [])}
UNKNOWN = 5990  # a user id without an account


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def enter():
    """Comes back inside the world; the folder with the homes is removed when the test ends."""
    if INSIDE in os.environ:
        return pathlib.Path(os.environ[INSIDE])
    if os.geteuid() != 0:
        skip("it is several users, for which it has to be root")
    if not shutil.which("unshare"):
        skip("there is no unshare (apt install util-linux)")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="heddle-accounts-"))
    try:
        if subprocess.run(["unshare", "-mn", "true"], stderr=subprocess.DEVNULL).returncode:
            skip("namespaces cannot be made here")
        folder.chmod(0o755)
        make(folder)
        script = ("set -e; cd \"$1\"; shift; ip link set lo up; mount -t tmpfs -o mode=755 tmpfs /run; "
                  "mkdir -m 755 /run/sshd; for f in passwd group shadow; do "
                  f"mount --bind {folder}/etc/$f /etc/$f; done; exec \"$@\"")
        done = subprocess.run(["unshare", "-mn", "--propagation", "private", "bash", "-c", script,
                               "bash", os.getcwd(), sys.executable, *sys.argv],
                              env={**os.environ, INSIDE: str(folder)})
        sys.exit(done.returncode)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make(folder):
    etc = folder / "etc"
    etc.mkdir()
    for name in ("passwd", "group", "shadow"):
        lines = pathlib.Path("/etc", name).read_text(encoding="utf-8").splitlines()
        ours = {*USERS, *GROUPS}
        lines = [line for line in lines if line.split(":")[0] not in ours]
        if name == "group":
            lines += [f"{g}:x:{gid}:{','.join(u for u, (_, gs) in USERS.items() if g in gs)}"
                      for g, gid in GROUPS.items()]
            lines += [f"{u}:x:{uid}:" for u, (uid, _) in USERS.items()]
        elif name == "passwd":
            lines += [f"{u}:x:{uid}:{uid}::{folder}/home/{u}:/bin/sh" for u, (uid, _) in USERS.items()]
        else:
            lines += [f"{u}:*:19000:0:99999:7:::" for u in USERS]
        (etc / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        (etc / name).chmod(0o600 if name == "shadow" else 0o644)
    (folder / "home").mkdir(mode=0o755)
    for user, (uid, _) in USERS.items():
        home = folder / "home" / user
        home.mkdir(mode=0o755)
        os.chown(home, uid, uid)


def ids(user):
    """(uid, gid, groups) of a user, or of a number without an account."""
    if isinstance(user, int):
        return user, user, []
    uid, groups = USERS[user]
    return uid, uid, [GROUPS[g] for g in groups]


def become(user):
    """For preexec_fn: this process is the user from now on."""
    uid, gid, groups = ids(user)
    os.setgroups([gid, *groups])
    os.setgid(gid)
    os.setuid(uid)


def connect_as(user, path):
    """A socket that the kernel takes for the user's: it asks who called connect()."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            become(user)
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sock.connect(str(path))
            socket.send_fds(theirs, [b"ok"], [sock.fileno()])
        except OSError as e:
            theirs.send(b"no " + str(e).encode())
        finally:
            os._exit(0)
    theirs.close()
    said, fds, _, _ = socket.recv_fds(ours, 256, 1)
    ours.close()
    os.waitpid(pid, 0)
    if not fds:
        raise PermissionError(said.decode())
    return socket.socket(fileno=fds[0])
