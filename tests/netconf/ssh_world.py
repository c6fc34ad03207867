# SPDX-License-Identifier: BSD-3-Clause
"""NETCONF over SSH as it is shipped: heddle-sshd with its configuration, and heddle-netconf.

For programs that have called accounts.enter(). HEDDLE_NETCONF is the proxy of the build.
"""
import contextlib
import crypt
import os
import pathlib
import shutil
import socket
import subprocess
import time

import accounts

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = 830
PASSWORD = "loom and shuttle"


def find_sshd():
    """The environment with an sshd in its PATH: that of the machine, or one that is only unpacked."""
    env = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
    if shutil.which("sshd", path=env["PATH"]):
        return env
    tool = ROOT / "tests" / "tools" / "peers"
    where = subprocess.run([tool, "--path", "ssh"], capture_output=True, text=True, check=False)
    peers = pathlib.Path(where.stdout.strip() or "/nonexistent")
    if not (peers / "usr/sbin/sshd").exists():
        accounts.skip("there is no sshd: tests/tools/peers ssh unpacks one")
    env["PATH"] += f":{peers}/usr/sbin"
    libs = [str(p) for p in peers.glob("usr/lib/*-linux-gnu*")]
    env["LD_LIBRARY_PATH"] = ":".join([*libs, os.environ.get("LD_LIBRARY_PATH", "")]).strip(":")
    return env


def need(program, package):
    if not shutil.which(program):
        accounts.skip(f"there is no {program} (apt install {package})")


def keys(folder):
    """A key of each kind for each user; olga also has a password."""
    made = {}
    for kind, options in (("ed25519", []), ("ecdsa", ["-b", "256", "-m", "PEM"])):
        made[kind] = folder / f"id_{kind}"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", made[kind],
                        *options], check=True)
    public = "".join(made[k].with_suffix(".pub").read_text(encoding="utf-8") for k in made)
    for user, (uid, _) in accounts.USERS.items():
        ssh = folder / "home" / user / ".ssh"
        ssh.mkdir(mode=0o700)
        (ssh / "authorized_keys").write_text(public, encoding="utf-8")
        for path in (ssh, ssh / "authorized_keys"):
            os.chown(path, uid, uid)
    shadow = folder / "etc" / "shadow"
    text = shadow.read_text(encoding="utf-8")
    mark = crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_SHA512))
    # In place: the file is mounted over that of the machine.
    shadow.write_text(text.replace("olga:*:", f"olga:{mark}:"), encoding="utf-8")
    return made


def fill_in(template, target, **words):
    text = template.read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", str(value))
    target.write_text(text, encoding="utf-8")
    return target


def as_unit(build):
    """What runs a program with the rights and system calls of heddle-sshd.service, and no more."""
    unit = ROOT / "packaging" / "ssh" / "heddle-sshd.service.in"
    confine = build / "tests" / "hostile" / "confine"
    if not confine.exists() or not shutil.which("systemd-analyze") or not shutil.which("setpriv"):
        print("heddle-sshd runs without the limits of its unit: confine, systemd-analyze or setpriv "
              "is not there")
        return []
    caps = [word for line in unit.read_text(encoding="utf-8").splitlines()
            if line.startswith("CapabilityBoundingSet=") for word in line.split("=")[1].split()]
    calls = subprocess.run([ROOT / "tests" / "lab" / "tools" / "unit.py", "syscalls", unit],
                           stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    if "HEDDLE_TEST_SANITIZER" in os.environ:
        calls.append("ptrace")  # LeakSanitizer's, at the end of heddle-netconf
    keep = "".join(f",+{cap.removeprefix('CAP_').lower()}" for cap in caps)
    return ["setpriv", "--bounding-set", f"-all{keep}", "--no-new-privs", "--", confine, *calls, "--"]


@contextlib.contextmanager
def sshd(folder, netconf_socket, proxy):
    """Runs heddle-sshd for the switch on this socket. Gives its log, a file."""
    env = find_sshd()
    etc, bin_dir = folder / "etc", folder / "bin"
    (etc / "heddle").mkdir(exist_ok=True)
    bin_dir.mkdir(exist_ok=True)
    wrapper = bin_dir / "heddle-netconf"
    # The shipped configuration, word by word: only the places are those of the test.
    program = bin_dir / "proxy"
    if not program.exists():  # a copy: the tree may lie where only its owner can look
        shutil.copy(proxy, program)
        program.chmod(0o755)
    wrapper.write_text(f"#!/bin/sh\nexec {program} --socket {netconf_socket}\n", encoding="utf-8")
    wrapper.chmod(0o755)
    ship = ROOT / "packaging" / "ssh"
    config = fill_in(ship / "sshd_config.in", etc / "heddle" / "sshd_config",
                     sysconfdir=etc, bindir=bin_dir)
    script = fill_in(ship / "heddle-sshd.in", folder / "heddle-sshd", sysconfdir=etc)
    script.chmod(0o755)
    log = folder / "sshd.log"
    limits = as_unit(pathlib.Path(proxy).resolve().parents[2])
    with open(log, "wb") as out:
        process = subprocess.Popen([*limits, script, "-e"], env={**env, "HEDDLE_SSHD_CONFIG": str(config)},
                                   stderr=out, stdout=out)
    try:
        wait_for(process, log)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").split("\n")
        assert not limits or "Seccomp:\t2" in status, "heddle-sshd has no filter"
        yield log
    finally:
        process.terminate()
        process.wait(20)


def wait_for(process, log):
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORT), 1):
            return
        time.sleep(0.02)  # until it listens: it tells nobody
    raise AssertionError(f"heddle-sshd does not listen: {log.read_text(errors='replace')}")


def connect(folder, user, **more):
    """ncclient's manager, over SSH, by key."""
    from ncclient import manager
    options = {"host": "127.0.0.1", "port": PORT, "username": user, "hostkey_verify": False,
               "allow_agent": False, "look_for_keys": False, "timeout": 60,
               "key_filename": str(folder / "id_ed25519")}
    options.update(more)
    return manager.connect(**{k: v for k, v in options.items() if v is not None})
