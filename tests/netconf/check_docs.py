#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""docs/configuration.md against the model: every block of JSON or of set lines is a configuration that is taken, and
every node that can be configured is named.

usage: check_docs.py HEDDLE_MGMT PAGE YANG-FOLDER
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|//[^\n]*|/\*.*?\*/|[{};]|[^\s{};"\']+', re.S)
NODES = {"container", "leaf", "leaf-list", "list"}
NO_CONFIG = {"rpc", "grouping", "notification", "typedef", "identity"}


def statements(tokens):
    """(keyword, argument, substatements) up to the end of the block."""
    while tokens:
        words = []
        while tokens and tokens[0] not in "{};":
            words.append(tokens.pop(0))
        end = tokens.pop(0) if tokens else ";"
        if end == "}":
            return
        subs = list(statements(tokens)) if end == "{" else []
        if words:
            yield words[0], "".join(w.strip("\"'") for w in words[1:] if w != "+"), subs


def configurable(subs):
    for keyword, argument, below in subs:
        if keyword in NO_CONFIG or ("config", "false", []) in below:
            continue
        if keyword == "augment" and argument.endswith("input"):
            continue  # a parameter of an operation
        if keyword in NODES:
            yield argument
        yield from configurable(below)


def main():
    mgmt, page, yang = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(), pathlib.Path(sys.argv[3])
    wrong = []
    blocks = re.findall(r"^```(?:json|set)\n(.*?)^```", page, re.M | re.S)
    with tempfile.TemporaryDirectory() as folder:
        for n, block in enumerate(blocks, 1):
            path = pathlib.Path(folder) / f"example-{n}"
            path.write_text(block)
            done = subprocess.run([mgmt, "--check", "-c", str(path)], capture_output=True, text=True)
            if done.returncode:
                wrong.append(f"example {n}: {done.stderr}")
    named = set(re.findall(r"`([A-Za-z0-9._:\-]+)`", page))
    nodes = set()
    for path in yang.glob("heddle-*.yang"):
        tokens = [t for t in TOKEN.findall(path.read_text()) if not t.startswith(("//", "/*"))]
        nodes |= set(configurable(list(statements(tokens))))
    nodes -= {"switches"}  # the top, which examples show
    known = named | {n.split(":")[-1] for n in named}
    wrong += [f"`{name}` is in the model and not on the page" for name in sorted(nodes - known)]
    print("\n".join(wrong))
    print(f"{len(blocks)} examples, {len(nodes)} nodes, {len(wrong)} wrong")
    return 1 if wrong or len(blocks) < 3 or len(nodes) < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
