#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs `heddle-mgmt --check` on every configuration below a folder.

good/* must be taken without a word; bad/X.json must be refused with exactly the text in bad/X.txt.
With --write the texts are written instead (look at the difference before you commit it).

usage: check_configs.py HEDDLE_MGMT CONFIGS [--write]
"""
import pathlib
import subprocess
import sys


def check(mgmt, path):
    # In the file's folder, so that messages name it without the tester's path.
    return subprocess.run([mgmt, "--check", "-c", path.name], cwd=path.parent,
                          capture_output=True, text=True, timeout=60)


def good(mgmt, folder):
    for path in sorted(folder.iterdir()):
        done = check(mgmt, path)
        if done.returncode != 0 or done.stderr or done.stdout:
            yield f"{path.name}: taken with status {done.returncode}, and says:\n{done.stderr}"


def bad(mgmt, folder, write):
    for path in sorted(folder.iterdir()):
        if path.suffix == ".txt":
            continue
        done = check(mgmt, path)
        expected = path.with_suffix(".txt")
        if write and done.returncode == 3:
            expected.write_text(done.stderr)
        if done.returncode != 3:
            yield f"{path.name}: status {done.returncode}, not 3\n{done.stderr}"
        elif not expected.exists():
            yield f"{path.name}: {expected.name} is missing; it says:\n{done.stderr}"
        elif expected.read_text() != done.stderr:
            yield f"{path.name}: expected\n{expected.read_text()}but it says\n{done.stderr}"


def main():
    mgmt = str(pathlib.Path(sys.argv[1]).resolve())
    configs = pathlib.Path(sys.argv[2])
    write = "--write" in sys.argv
    wrong = list(good(mgmt, configs / "good")) + list(bad(mgmt, configs / "bad", write))
    for text in wrong:
        print(text)
    count = len(list((configs / "good").iterdir())) + len(list((configs / "bad").glob("*.txt")))
    print(f"{count - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong or count < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
