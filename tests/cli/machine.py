# SPDX-License-Identifier: BSD-3-Clause
"""A machine of a test's own: MACHINE before a command runs it where there are two network namespaces,
blue and green, two ends of a cable, and a TAP device."""
import subprocess

MACHINE = ['unshare', '--user', '--map-root-user', '--mount', '--net', 'sh', '-ec', """
mount -t tmpfs none /run
mkdir /run/netns
touch /run/netns/green /run/netns/blue
mount -t sysfs none /sys
ip link add cable1 type veth peer name cable0
ip tuntap add dev hd-old mode tap
exec "$@"
""", 'sh']


def allowed():
    """False where nobody may make namespaces."""
    return subprocess.run([*MACHINE, 'true'], stderr=subprocess.DEVNULL).returncode == 0
