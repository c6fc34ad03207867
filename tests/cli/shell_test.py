#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The shell of the heddle command, as somebody who types meets it; and its scripts."""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake_switch import FakeSwitch, data, interface  # noqa: E402
from terminal import Terminal  # noqa: E402

HEDDLE = os.environ['HEDDLE']
PORTS = [interface(f'web{i}', rx=i * 1000, tx=i) for i in range(1, 60)] + [
    interface('eth1', kind='af-packet', vlans='', role='uplink')]
TAB, CTRL_C, CTRL_D, UP = '\t', '\x03', '\x04', '\x1b[A'
PROMPT = r'> $'


def answer(request):
    """A switch with ports that accepts any change."""
    if '<get' in request and 'get-' not in request or '<get-config' in request:
        return data(request, PORTS)
    if '<get-effects' in request:
        return ('<effect xmlns="urn:heddle:yang:heddle-config"><severity>warning</severity><kind>segment-empty'
                '</kind><path>/</path><text>nobody is in segment lab any more</text></effect>')
    return '<ok/>'


class Shell(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='heddle-shell-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.home = os.path.join(self.dir, 'home')
        os.mkdir(self.home)
        self.run_dir = os.path.join(self.dir, 'sw')
        os.mkdir(self.run_dir)

    def switch(self, fn=answer):
        switch = FakeSwitch(self.run_dir, fn)
        switch.__enter__()
        self.addCleanup(switch.__exit__, None, None, None)
        return switch

    def shell(self, *args, env=None, **more):
        terminal = Terminal([HEDDLE, '--run-dir', self.run_dir, *args],
                            {'HOME': self.home, 'PAGER': 'cat', 'XDG_STATE_HOME': '', **(env or {})}, **more)
        self.addCleanup(terminal.__exit__, None, None, None)
        return terminal

    def ready(self, *args, **more):
        terminal = self.shell(*args, **more)
        terminal.expect('TAB completes')
        terminal.expect(PROMPT)
        return terminal

    def do(self, terminal, line):
        """Types a line; returns what came of it up to the next prompt."""
        terminal.type(line + '\r')
        terminal.expect('\n')
        return terminal.expect(r'(.*\n|)\S*[>#] $').group(1)


class Typing(Shell):
    def test_commands_and_end(self):
        self.switch()
        t = self.ready()
        self.assertIn('port web7\n', self.do(t, 'show ports web7 | no-more'))
        self.assertRegex(self.do(t, 'sh po | match web1'), r'(?s)web1 .*web19 ')  # abbreviated
        t.type('exit\r')
        self.assertEqual(t.wait(), 0)
        self.assertTrue(t.restored())

    def test_completion(self):
        self.switch()
        t = self.ready()
        t.type('sh' + TAB)
        t.expect('show ')
        t.type('po' + TAB)
        t.expect('ports ')
        t.type('we' + TAB)
        t.expect('b')
        t.type(TAB)
        t.expect('web1 +web2 ')
        t.expect('show ports web')
        t.type('42' + TAB + '\r')
        t.expect('port web42')
        t.expect(PROMPT)
        t.type('show fdb --po' + TAB)
        t.expect('--port ')
        t.type('eth' + TAB)
        t.expect('eth1 ')
        t.type(CTRL_C)
        t.expect(PROMPT)
        t.type('port add new vho' + TAB)
        t.expect('vhost-user ')
        t.type('--sock' + TAB + TAB)
        t.expect('--socket +--socket-mode')
        t.type('-m' + TAB)
        t.expect('--socket-mode ')

    def test_completion_of_files(self):
        self.switch()
        name = os.path.join(self.dir, 'a file.json')
        with open(name, 'w', encoding='utf-8') as out:
            out.write('{}')
        t = self.ready()
        t.type('load replace ' + self.dir + '/a' + TAB)
        t.expect('file.json" ')
        t.type('\r')
        t.expect('(is in force|a file.json)')

    def test_help(self):
        self.switch()
        t = self.ready()
        t.type('show p?')
        text = t.expect(r'\?\n(.*)show p$').group(1)
        self.assertRegex(text, 'ports +ports, their state')
        self.assertRegex(text, 'planes +the processes')
        self.assertNotIn('segments', text)
        t.type(CTRL_C)
        t.expect(PROMPT)
        t.type('port add new vhost-user --mode ?')
        text = t.expect(r'\?\n(.*)--mode $').group(1)
        self.assertRegex(text, "client +the machine's side makes the socket")
        t.type(CTRL_C)
        t.expect(PROMPT)
        t.type('show ports ?')
        text = t.expect(r'\?\n(.*)show ports $').group(1)
        self.assertRegex(text, r'web1 +tap port')
        self.assertRegex(text, r'--rates +also packets')
        self.assertIn('<enter>', text)
        t.type('"what?"\r')  # between quotes it is a character
        t.expect(r'there is no port "what\?"')

    def test_mistakes(self):
        self.switch()
        t = self.ready()
        t.type('show prots\r')
        self.assertRegex(t.expect(r'show prots\n(.*\n)\S*> $').group(1),
                         r'^ +\^\nthere is no command "show prots"; did you mean ports\?\n')
        line = t.seen[:t.mark].rsplit('\n', 5)
        prompt = len(line[-1])
        caret = [text for text in line if text.strip() == '^'][0]
        self.assertEqual(caret.index('^'), prompt + len('show '))
        self.assertIn('can be one of: ports punt planes', self.do(t, 'show p'))
        self.assertIn('did you mean --limit?', self.do(t, 'show fdb --limt 3'))
        self.assertIn('did you mean match?', self.do(t, 'show ports | mtch x'))
        self.assertIn('not a regular expression', self.do(t, 'show ports | match ['))
        self.assertIn('a quote is not closed', self.do(t, 'show ports "x'))
        self.assertIn('missing after |', self.do(t, 'show ports |'))
        self.assertIn('for the start of the program', self.do(t, 'show ports --run-dir /tmp'))
        self.assertIn('can be displayed as json', self.do(t, 'show ports | display xml'))

    def test_interrupts(self):
        self.switch()
        t = self.ready()
        t.type('show po' + CTRL_C)
        t.expect(r'\^C')
        t.expect(PROMPT)
        t.type('monitor -i 0.1\r')
        t.expect(r'\(now n\)')
        t.type(CTRL_C)
        t.expect(PROMPT)
        self.assertIn('web3', self.do(t, 'show ports web3'))
        t.type('monitor -i 0.1\r')  # again: the last one left nothing behind
        t.expect(r'\(now n\)')
        t.type('q')
        t.expect(PROMPT)
        t.type(CTRL_D)
        self.assertEqual(t.wait(), 0)
        self.assertTrue(t.restored())

    def test_interrupted_request(self):
        """The session goes on: the late answer is not taken for that of the next request."""
        hold = threading.Event()

        def slow(request):
            if '<system' in request:
                hold.wait(20)
            return answer(request)
        switch = self.switch(slow)
        t = self.ready()
        t.type('show planes\r')
        while not any('<system' in r for r in switch.requests):
            t.read(0.05)
        t.type(CTRL_C)
        t.expect('interrupted')
        t.expect(PROMPT)
        hold.set()
        self.assertIn('port web5', self.do(t, 'show ports web5'))
        self.assertEqual(len(switch.requests), 2)

    def test_killed(self):
        t = self.ready_without_switch()
        os.kill(t.pid, signal.SIGTERM)
        self.assertEqual(t.wait(), 128 + signal.SIGTERM)
        self.assertTrue(t.restored())

    def ready_without_switch(self):
        t = self.shell()
        t.expect('no switch answers')
        t.expect(PROMPT)
        return t

    def test_switch_goes_and_comes(self):
        t = self.ready_without_switch()
        self.assertIn('no switch answers', self.do(t, 'show ports'))
        with FakeSwitch(self.run_dir, answer):
            self.assertIn('web3', self.do(t, 'show ports web3'))
        self.assertIn('no switch answers', self.do(t, 'show ports'))
        with FakeSwitch(self.run_dir, answer):
            self.assertRegex(self.do(t, 'show ports web3'), r'(?s)connected again.*port web3')
            self.assertNotIn('again', self.do(t, 'show ports web3'))


class Output(Shell):
    def test_filters(self):
        self.switch()
        t = self.ready()
        self.assertEqual(self.do(t, 'show ports | match web1 | except web12 | count'), '10 lines\n')
        self.assertEqual(self.do(t, 'show ports | ma "web5[0-9]" | ma 7 | count'), '1 line\n')
        self.assertEqual(self.do(t, 'show ports | find web58 | count'), '2 lines\n')
        self.assertEqual(self.do(t, 'show ports | count | match 61'), '61 lines\n')
        out = self.do(t, 'show ports web2 | display json | no-more')
        self.assertEqual(json.loads(out)['ports'][0]['name'], 'web2')
        name = os.path.join(self.dir, 'out.json')
        self.assertEqual(self.do(t, f'show ports | display json | save {name}'), '')
        with open(name, encoding='utf-8') as file:
            self.assertEqual(len(json.load(file)['ports']), 60)
        self.assertIn('Not a directory', self.do(t, 'show ports | save /dev/null/x'))

    def test_colours(self):
        self.switch()
        t = self.ready()
        self.do(t, 'show ports web1')
        self.assertIn('\x1b[32mup', t.raw)
        t.type('exit\r')
        t.wait()
        t = self.ready(env={'NO_COLOR': '1'})
        self.do(t, 'show ports web1')
        self.assertNotIn('\x1b[32m', t.raw)

    def test_no_pager(self):
        self.switch()
        t = self.ready(env={'PAGER': '', 'PATH': '/nowhere'}, rows=10)
        t.type('show ports\r')
        t.expect('web59 .*' + PROMPT)
        self.assertNotIn('port web3 \n', self.do(t, 'show version'))

    def test_pager_of_the_user(self):
        self.switch()
        t = self.ready(env={'PAGER': 'sed s/^/PAGED:/'}, rows=10)
        t.type('show ports\r')
        t.expect('PAGED:web59 .*' + PROMPT)
        self.assertNotIn('PAGED', self.do(t, 'show ports web1 | match state'))
        t.type('exit\r')
        t.wait()
        t = self.ready('--no-more', env={'PAGER': 'sed s/^/PAGED:/'}, rows=10)
        t.type('show ports\r')
        t.expect('web59 .*' + PROMPT)
        self.assertNotIn('PAGED', t.seen)

    def test_resized(self):
        self.switch()
        t = self.ready('--no-more', columns=60)
        long = max(map(len, self.do(t, 'show ports').split('\n')))
        self.assertLessEqual(long, 60)
        t.resize(24, 100)
        wide = max(map(len, self.do(t, 'help').split('\n')))
        self.assertLessEqual(wide, 100)


class History(Shell):
    def file(self):
        return os.path.join(self.home, '.local', 'state', 'heddle', 'history')

    def test_history(self):
        self.switch()
        t = self.ready()
        self.do(t, 'show ports web7')
        self.do(t, ' show ports web8')  # a blank before it: not kept
        self.do(t, 'show ports my-secret')
        t.type('exit\r')
        t.wait()
        with open(self.file(), encoding='utf-8') as file:
            self.assertEqual(file.read(), 'show ports web7\nexit\n')
        self.assertEqual(stat.S_IMODE(os.stat(self.file()).st_mode), 0o600)
        t = self.ready()
        t.type(UP + UP)
        t.expect('show ports web7')
        t.type('\r')
        t.expect('port web7')

    def test_no_home(self):
        self.switch()
        t = self.ready(env={'HOME': '/dev/null/x'})
        self.assertIn('web1', self.do(t, 'show ports web1'))

    def test_link_is_not_followed(self):
        self.switch()
        os.makedirs(os.path.dirname(self.file()))
        target = os.path.join(self.dir, 'target')
        os.symlink(target, self.file())
        t = self.ready()
        self.do(t, 'show ports web1')
        self.assertFalse(os.path.exists(target))


class Scripts(Shell):
    def run_script(self, *args, text=None):
        return subprocess.run([HEDDLE, '--run-dir', self.run_dir, *args], capture_output=True, text=True,
                              input=text, timeout=60)

    def test_file(self):
        self.switch()
        done = self.run_script('-f', '-', text='# a comment\n\nshow ports web1 | match state # another\n'
                                               'show ports web2 | count\n')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertRegex(done.stdout, r'^  state +up.*\n\d+ lines\n$')

    def test_stops_at_the_first_error(self):
        switch = self.switch()
        name = os.path.join(self.dir, 'script')
        with open(name, 'w', encoding='utf-8') as out:
            out.write('show ports web1\nshow ports nobody\nclear fdb\n')
        done = self.run_script('-f', name)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f'{name}, line 2: stopped there', done.stderr)
        self.assertNotIn('clear-fdb', ''.join(switch.requests))
        done = self.run_script('-f', '-', text='shw ports\n')
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean show?', done.stderr)

    def test_words_are_not_abbreviated(self):
        self.switch()
        self.assertEqual(self.run_script('-f', '-', text='sh ports\n').returncode, 2)

    def test_command(self):
        switch = self.switch()
        done = self.run_script('-c', 'show ports web1 | match "up;*"; show ports web2 | count')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertRegex(done.stdout, r'(?s)state +up.*lines\n$')
        self.assertEqual(len(switch.requests), 2)
        self.assertEqual(self.run_script('-c', 'show ports nobody; show ports').returncode, 1)
        self.assertEqual(self.run_script('-c', 'exit; show ports nobody').returncode, 0)

    def test_what_does_not_go_together(self):
        for args in (['-c', 'x', '-f', 'y'], ['-f', 'y', 'show', 'ports'], ['configure'], ['exit'],
                     ['-f', '/dev/null/x']):
            done = self.run_script(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertTrue(done.stderr, args)
        self.assertEqual(self.run_script('-f', '-', text='show ports\0\n').returncode, 2)

    def test_no_switch(self):
        self.assertEqual(self.run_script('-c', 'show ports').returncode, 3)


if __name__ == '__main__':
    unittest.main()
