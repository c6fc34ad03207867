# SPDX-License-Identifier: BSD-3-Clause
"""The heddle command, $HEDDLE, in scripts and alone, for tests over a real heddle-mgmt."""
import json
import os
import subprocess

HEDDLE = os.environ["HEDDLE"]


class Cli:
    """Scripts of commands, each in a process of its own."""

    def __init__(self, w):
        self.socket = str(w.path)

    def run(self, *lines, rc=0, mode="configure"):
        text = "\n".join([mode, *lines, "quit"]) + "\n"
        done = subprocess.run([HEDDLE, "--socket", self.socket, "-f", "-"], input=text, text=True,
                              capture_output=True, timeout=120)
        assert done.returncode == rc, (done.returncode, text, done.stdout, done.stderr)
        self.err = done.stderr
        return done.stdout

    def one(self, *words, rc=0, stdin=""):
        """A command of its own. @rc None: any will do."""
        done = subprocess.run([HEDDLE, "--socket", self.socket, *words], input=stdin, text=True,
                              capture_output=True, timeout=120)
        assert rc in (done.returncode, None), (done.returncode, words, done.stdout, done.stderr)
        self.err = done.stderr
        return done.stdout

    def json(self, *words):
        return json.loads(self.one(*words, "--json"))

    def events(self, *words):
        """Events that were, an object each."""
        return [json.loads(line) for line in self.one("show", "events", *words, "--json").splitlines()]


def has(text, *parts):
    for part in parts:
        assert part in text, (part, text)
