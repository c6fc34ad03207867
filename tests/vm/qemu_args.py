#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""QEMU's arguments as people are told them, made fit for a test's guest.

	qemu_args.py page FILE NAME	of the block of a page that is marked vm=NAME
	qemu_args.py attach		of `heddle port show ... --attach --json` on the standard input

Prints them with a NUL behind each. What is of the guest's own is left out (its disk, processor and
accelerator), its memory is small, and its card has no interrupt vectors of its own: with those this
QEMU crashes when a vhost-user card is emulated without KVM.
"""
import json
import re
import shlex
import sys

OWN = ("-accel", "-cpu", "-drive", "-m")
MEMORY = "192M"


def of_page(path, name):
    with open(path, encoding="utf-8") as page:
        found = re.findall(rf"^```sh vm={re.escape(name)}\n(.*?)^```$", page.read(), re.M | re.S)
    if len(found) != 1:
        sys.exit(f"{path}: {len(found)} blocks are marked vm={name}, and there should be one")
    words = shlex.split(found[0].replace("\\\n", " "))
    if words.pop(0) != "qemu-system-x86_64":
        sys.exit(f"{path}: the block vm={name} is not a command of QEMU")
    return words


def fit(words):
    yield from ("-m", MEMORY)
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option in OWN:
            continue
        if option == "-object":
            value = value.replace("size=1G", "size=" + MEMORY)
        if option == "-device":
            value = re.sub(r",vectors=\d+", "", value) + ",vectors=0,romfile="
        yield from (option, value)


def main():
    words = of_page(*sys.argv[2:]) if sys.argv[1] == "page" else json.load(sys.stdin)["qemu"]
    sys.stdout.write("".join(word + "\0" for word in fit(words)))


if __name__ == "__main__":
    main()
