#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The whole way on a live switch: ssh, heddle-netconf, heddle-mgmt as a user of its own, heddle-dp.
Starts as a new installation does. Takes root.

usage: ssh_live_test.py HEDDLED PROXY
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time

import accounts

FOLDER = accounts.enter()
HEDDLED, PROXY = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
# What common.py wants; no world of it is used.
sys.argv[1:] = [str(HEDDLED.parent.parent / "mgmt" / "heddle-mgmt"),
                str(pathlib.Path(__file__).resolve().parents[1] / "configs")]

# pylint: disable=wrong-import-position
from ncclient_world import (NS, check, edit, interfaces, names, port, refused, until,  # noqa: E402
                            xpath)
import ssh_world  # noqa: E402


def tap(name):
    return port(name, f'<type xmlns:t="{NS["ht"]}">t:tap</type><port xmlns="{NS["hp"]}">'
                "<switch>sw0</switch><access>lan</access></port>")


def status(m, name):
    data = m.get(filter=("subtree", interfaces(port(name)))).data
    found = xpath(data, "//if:oper-status")
    return found[0].text if found else None


def owner(pid):
    return os.stat(f"/proc/{pid}").st_uid


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def use(run):
    m, viewer = ssh_world.connect(FOLDER, "olga"), ssh_world.connect(FOLDER, "vera")
    until("the first configuration and its rules are in force",
          lambda: "rule-list" in m.get_config(source="running").data_xml)
    edit(m, f'<switches xmlns="{NS["hs"]}"><switch><name>sw0</name><segment><name>lan</name>'
         f"<host-only/></segment></switch></switches>{interfaces(tap('t1'), tap('t2'))}")
    m.commit()
    until("the ports are there", lambda: status(m, "t1") in ("up", "down", "dormant"))
    check(set(names(viewer)) == {"t1", "t2"}, "a viewer sees them")
    refused(viewer.commit, "access-denied")
    refused(lambda: edit(viewer, interfaces(tap("t3"))), "access-denied")
    m.copy_config(source="running", target="startup")
    check(any((run / "state").rglob("startup*")), "saved")
    devices = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    check(" t1: " in devices and " t2: " in devices, devices)
    m.close_session()
    viewer.close_session()


def main():
    if not (HEDDLED.parent.parent / "dataplane" / "heddle-dp").exists():
        accounts.skip("heddle-dp is not built")
    run = FOLDER / "run"
    run.mkdir(mode=0o755)
    initial = FOLDER / "initial.json"
    shutil.copy(ssh_world.ROOT / "packaging" / "initial.json", initial)
    initial.chmod(0o644)
    log = FOLDER / "heddled.log"
    environ = {k: v for k, v in os.environ.items() if k != accounts.INSIDE}
    with open(log, "wb") as out:
        heddled = subprocess.Popen([HEDDLED, "--run-dir", run, "--initial-config", initial,
                                    "--mgmt-user", "heddle-mgmt", "--hugepages", "no", "--memory", "128"],
                                   stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environ)
    try:
        end = time.monotonic() + 60
        while not (run / "netconf.sock").exists() and time.monotonic() < end:
            if heddled.poll() is not None:
                raise AssertionError("heddled ended")
            time.sleep(0.05)
        until("heddle-mgmt is its own user", lambda: accounts.ids("heddle-mgmt")[0] in
              {owner(pid) for pid in children(heddled.pid)})
        with ssh_world.sshd(FOLDER, run / "netconf.sock", PROXY):
            use(run)
        print("ok   the whole way")
        return 0
    except BaseException:
        print(log.read_text(errors="replace"))
        raise
    finally:
        heddled.terminate()
        heddled.wait(30)


if __name__ == "__main__":
    sys.exit(main())
