# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of heddle-mgmt share: configurations, a world to run it in, and a runner.

A test program takes HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind].
"""
import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

from client import BASE, Client
from planes import CONTROL, DATA, World

ARGS = [a for a in sys.argv[1:] if not a.startswith("--")]
MGMT, CONFIGS = pathlib.Path(ARGS[0]).resolve(), pathlib.Path(ARGS[1]).resolve()
WRAPPER = (["valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite"] if "--valgrind" in sys.argv else [])
TESTS = []
TIMING = "HEDDLE_TEST_TIMING" in os.environ  # the suite timing, where times are judged


def in_time(took, limit, what=""):
    """Asserts that something took less than @limit seconds, where times are judged."""
    if TIMING:
        assert took < limit, (what, took)


def test(fn):
    TESTS.append(fn)
    return fn


SWITCH = ('<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>sw0</name>{}</switch>'
          '</switches>')
SEGMENT = "<segment><name>{}</name>{}<host-only/></segment>"
PORTS = '<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">{}</interfaces>'


def port(name, access, extra=""):
    return (f'<interface><name>{name}</name><type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'
            f'<port xmlns="urn:heddle:yang:heddle-port"><switch>sw0</switch><access>{access}'
            f'</access>{extra}</port></interface>')


def config(ports, segments=("lab",)):
    return (SWITCH.format("".join(SEGMENT.format(s, "") for s in segments)) +
            PORTS.format("".join(ports)))


def running(w):
    """The running configuration, as text."""
    with contextlib.closing(Client(w.path)) as c:
        c.send(f'<rpc xmlns="{BASE}" message-id="1"><get-config><source><running/></source>'
               '</get-config></rpc>')
        return c.receive()


@contextlib.contextmanager
def world(config="good/canonical.json", env=None, ready=True, run_dir=None, **more):
    folder = run_dir or tempfile.mkdtemp(prefix="heddle-netconf-")
    if WRAPPER or "HEDDLE_TEST_SANITIZER" in os.environ:  # processor time is another there
        limits = ["parse_ns=100000", (env or {}).get("HEDDLE_NETCONF_LIMITS")]
        env = {**(env or {}), "HEDDLE_NETCONF_LIMITS": ",".join(filter(None, limits))}
    try:
        with World(MGMT, CONFIGS / config if config else None, folder, env, WRAPPER, **more) as w:
            w.path = pathlib.Path(folder) / "netconf.sock"
            w.run_dir = pathlib.Path(folder)
            w.running = lambda: running(w)
            if ready:
                w.wait("ready", w.ready.is_set)
            try:
                yield w
            except BaseException:
                print("".join(w.log), file=sys.stderr)
                raise
        assert w.status == w.__dict__.get("expect", 0), (w.status, "".join(w.log))
    finally:
        if not run_dir:
            shutil.rmtree(folder)


def main():
    if WRAPPER and not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        return 77
    wanted = ARGS[2:]
    failed = passed = 0
    for fn in TESTS:
        if wanted and fn.__name__ not in wanted:
            continue
        start = time.monotonic()
        try:
            fn()
            passed += 1
            print(f"ok   {fn.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as e:  # a test's failure, whatever it is, is told and counted
            failed += 1
            print(f"FAIL {fn.__name__}: {type(e).__name__}: {e}", flush=True)
            traceback.print_exc(limit=-2)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
