# SPDX-License-Identifier: BSD-3-Clause
"""The source tree, as the style checks see it."""
import os
import subprocess
import sys

SKIP_DIRS = {".git", "__pycache__"}
SCRIPT_TYPES = {"sh": "shell", "bash": "shell", "dash": "shell", "python3": "python"}


def root():
    """The root of the tree that is checked: the argument, or the one that this file lies in."""
    if len(sys.argv) > 1 and os.path.isdir(sys.argv[-1]):
        return os.path.abspath(sys.argv[-1])
    return os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def files(top):
    """Paths from @top of all files that are, or could be, under version control, sorted."""
    if os.path.exists(os.path.join(top, ".git")):
        out = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", top, "ls-files", "-co", "-z",
             "--exclude-standard"],
            stdout=subprocess.PIPE, check=True).stdout.decode()
        names = [name for name in out.split("\0") if name]
    else:
        names = []
        for folder, dirs, here in os.walk(top):
            at_top = folder == top
            dirs[:] = [d for d in dirs
                       if d not in SKIP_DIRS and not (at_top and d.startswith("build"))]
            names += [os.path.relpath(os.path.join(folder, name), top) for name in here]
    return sorted({n for n in names if os.path.isfile(os.path.join(top, n))})


def read(top, name):
    with open(os.path.join(top, name), encoding="utf-8", errors="replace") as text:
        return text.read()


def kind(top, name):
    """What a file is: "c", "header", "shell", "python", "meson", "make", "yang", "unit" or None."""
    base = os.path.basename(name)
    ending = os.path.splitext(base)[1]
    by_ending = {".c": "c", ".h": "header", ".sh": "shell", ".py": "python", ".yang": "yang",
                 ".service": "unit", ".sysusers": "unit", ".tmpfiles": "unit", ".conf": "unit"}
    if base in ("meson.build", "meson_options.txt"):
        return "meson"
    if base in ("GNUmakefile", "Makefile"):
        return "make"
    if ending in by_ending:
        return by_ending[ending]
    if ending == "" and os.access(os.path.join(top, name), os.X_OK):
        with open(os.path.join(top, name), "rb") as file:
            first = file.readline(200).decode("utf-8", "replace").split()
        if first and first[0].startswith("#!"):
            program = os.path.basename(first[1] if first[0].endswith("/env") else first[0][2:])
            return SCRIPT_TYPES.get(program)
    return None


def of_kinds(top, *kinds):
    return [name for name in files(top) if kind(top, name) in kinds]


def finish(what, problems, checked):
    """Prints what was found and returns the exit status. Nothing to check is a failure, too."""
    for problem in problems:
        print(problem)
    if not checked:
        print(f"{what}: nothing was checked")
        return 1
    print(f"{what}: {checked} checked, {len(problems)} problem(s)")
    return 1 if problems else 0
