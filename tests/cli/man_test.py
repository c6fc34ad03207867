#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle(1) says what the program says of itself.

The part between BEGIN and END is made from the table of commands; `man_test.py --write` renews it.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HEDDLE = os.environ['HEDDLE']
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'docs', 'man', 'heddle.1')
PART = re.compile(r'(\.\\" BEGIN [^\n]*\n)(.*?)(\.\\" END\n)', re.S)


def say(*args):
    return subprocess.run([HEDDLE, *args], capture_output=True, text=True, check=True).stdout


def page():
    with open(PAGE, encoding='utf-8') as file:
        return file.read()


def commands(shell=False):
    """Those that are commands alone, or those of the shell besides."""
    parts = re.split(r'^(?:commands|in the shell.*|filters.*)$', say('help'), flags=re.M)
    return re.findall(r'^  ([a-z]+(?: [a-z]+)?) {2,}\S', parts[2 if shell else 1], re.M)


class Man(unittest.TestCase):
    def test_part_is_current(self):
        self.assertEqual(PART.search(page()).group(2), say('man-commands'),
                         'renew it: HEDDLE=.../heddle tests/cli/man_test.py --write')

    def test_every_command_and_option(self):
        text = page().replace('\\-', '-')
        self.assertGreater(len(commands()), 10)
        for name in commands():
            self.assertIn(f'.SS heddle {name}', text)
            for option in re.findall(r'--[a-z-]+', say('help', *name.split())):
                self.assertIn(option, text, name)
        self.assertIn('configure', commands(shell=True))
        for name in commands(shell=True):
            self.assertIn(f'.SS {name}', text)

    def test_every_json(self):
        part = page().split('.SH JSON')[1].split('.SH')[0]
        for name in commands():
            if name != 'help':
                self.assertIn(f'.B {name}\n', part)

    def test_units(self):
        """What messages and pages tell people to start, or to ask the journal about, is installed."""
        root = pathlib.Path(PAGE).resolve().parents[2]
        units = {re.sub(r'(@?)(\.service|\.socket)(\.in)?$', '', p.name)
                 for p in (root / 'packaging').rglob('*') if '.service' in p.name or '.socket' in p.name}
        named = set()
        for folder in ('mgmt', 'supervisor', 'dataplane', 'ctrlplane', 'docs', 'packaging'):
            for path in (root / folder).rglob('*'):
                if path.suffix in ('.c', '.md', '.in', '.1', '.5', '.8') or path.name == 'post-install':
                    text = path.read_text(encoding='utf-8')
                    named |= {(name, path.name) for name in re.findall(
                        r'(?:systemctl (?:start|stop|status|restart|reload|enable --now)|journalctl -u) +([a-z][\w-]*)',
                        text.replace('\\-', '-'))}
        self.assertGreater(len(named), 5)
        self.assertEqual({n for n in named if n[0] not in units | {'ssh'}}, set())

    def test_formats(self):
        if not shutil.which('man'):
            self.skipTest('man is not installed')
        done = subprocess.run(['man', '--warnings=w', '-l', '-Tutf8', PAGE], capture_output=True, text=True,
                              env={**os.environ, 'MANWIDTH': '80', 'LC_ALL': 'C.UTF-8'})
        self.assertEqual((done.returncode, done.stderr), (0, ''))


if __name__ == '__main__':
    if '--write' in sys.argv:
        new = PART.sub(lambda m: m.group(1) + say('man-commands') + m.group(3), page())
        with open(PAGE, 'w', encoding='utf-8') as out:
            out.write(new)
    else:
        unittest.main()
