# SPDX-License-Identifier: BSD-3-Clause
"""Who may include and call whom; check-includes and check-calls ask.

  include/heddle   includes itself and the C library, nothing else
  lib              includes include/heddle and itself
  a plane          includes include/heddle and itself, never another plane, never lib
  mgmt/cli         is a program of its own: as a plane, and includes mgmt, which never includes it
  a folder         includes itself and the folders that it stands above, within its plane
  tests            may include anything; nothing but tests includes tests

Where a folder stands is said where it is named, in the meson.build of its plane:

  subdir('core')               the first one: all others stand above it
  subdir('capture')            above the first one only
  subdir('l2') # above port    also above those that are named, and what these stand above
  subdir('main') # above all   above all that are named before

The order of lib holds for include/heddle, too: what is in lib/net implements include/heddle/net. A
folder within a folder stands where that one does: its members include what lies in the folder itself,
which includes none of them, and no other member. mgmt and supervisor declare no order.

A file named *_test.c, *_test_*.c, *_fixture.c or *_fuzz.c (or .h) is a test, wherever it lies.
"""
import os
import re

import tree

CLI = "mgmt/cli"
PLANES = ("supervisor", "dataplane", "ctrlplane", "mgmt", CLI, "plugins")
# Where the order of an area's folders is declared. Folders of mgmt are steps of one pipeline: only
# circles are wrong among them.
DECLARED = {"contract": "lib", "lib": "lib", "dataplane": "dataplane", "ctrlplane": "ctrlplane",
            CLI: CLI}
SUBDIR = re.compile(r"^[ \t]*subdir\('([\w-]+)'\)[ \t]*(?:#[ \t]*above[ \t]+(.*))?$", re.M)
TEST_FILE = re.compile(r"_(test|fixture|fuzz)(_\w+)?\.[ch]$")


def area(name):
    """("dataplane", "port/tap") of dataplane/port/tap/tap.c; the folder is "" at the top."""
    top, _, rest = name.partition("/")
    if name.startswith(CLI + "/"):
        top, rest = CLI, name[len(CLI) + 1:]
    if TEST_FILE.search(name):
        return "tests", ""
    if top == "include":
        return "contract", os.path.dirname(rest.partition("/")[2])
    return top, os.path.dirname(rest)


def parse_order(text):
    """({folder: set of folders that it stands above}, problems) of what a meson.build says."""
    below, problems = {}, []
    for folder, names in SUBDIR.findall(text):
        mine = set(list(below)[:1])
        for name in below if names.strip() == "all" else names.split():
            if name in below:
                mine |= {name} | below[name]
            else:
                problems.append(f"subdir('{folder}') stands above {name}, which is not named before")
        below[folder] = mine
    return below, problems


class Layers:
    """The rules of the tree below @top. What is wrong with the declarations is in .problems."""

    def __init__(self, top):
        self.orders, self.problems = {}, []
        for plane in sorted(set(DECLARED.values())):
            name = f"{plane}/meson.build"
            text = tree.read(top, name) if os.path.exists(os.path.join(top, name)) else ""
            self.orders[plane], problems = parse_order(text)
            self.problems += [f"{name}: {problem}" for problem in problems]

    def unnamed(self, source):
        """Why the place of @source is not known, or None."""
        top, folder = area(source)
        first = folder.split("/")[0]
        if top not in DECLARED or not first or first in self.orders[DECLARED[top]]:
            return None
        meson = f"{DECLARED[top]}/meson.build"
        return (f"{source}: {meson} does not say where the folder {first} stands: name it there, "
                f"subdir('{first}'), behind the folders that it uses")

    def problem(self, source, target):
        """Why @source must not include @target or call what it has, or None."""
        (top, folder), (to_top, to_folder) = area(source), area(target)
        if top in ("tests", "demo"):
            return None
        if to_top == "tests":
            return "only tests include tests"
        if to_top == "contract" and top in PLANES:
            return None
        if top == "plugins" and to_top == "dataplane" and to_folder.split("/")[0] == "core":
            return None
        if top == "contract" and to_top != "contract":
            return "the contract (include/heddle) includes only itself and the C library"
        if (top, to_top) == (CLI, "mgmt"):
            return None
        if top != to_top and (top, to_top) != ("lib", "contract"):
            if top in PLANES and to_top in PLANES:
                return "a plane never includes another plane"
            return f"{top} does not include {to_top}"
        return self.folder_problem(DECLARED[top], folder, to_folder) if top in DECLARED else None

    def folder_problem(self, plane, folder, to_folder):
        first, to_first = folder.split("/")[0], to_folder.split("/")[0]
        if first == to_first:
            if folder == to_folder or folder.startswith(to_folder + "/"):
                return None
            if to_folder.startswith(folder + "/"):
                return "what a folder of features shares does not include one of them"
            return "a feature never includes another feature"
        order = self.orders[plane]
        if not first or first not in order or to_first in order[first]:
            return None # at the top; or unnamed(), which is said once
        return (f"{plane}/meson.build does not put {first} above {to_first}"
                if to_first else f"{first} stands above folders, not above {plane} itself")
