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
        t.type('load ' + self.dir + '/a' + TAB)
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
        self.assertIn('can be one of: ports planes', self.do(t, 'show p'))
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

    def test_pager_of_our_own(self):
        self.switch()
        t = self.ready(env={'PAGER': '', 'PATH': '/nowhere'}, rows=10)
        t.type('show ports\r')
        t.expect('web7 .*-- more')
        self.assertNotIn('web8 ', t.quiet(0.1))
        t.type('\r')
        t.expect('web8 .*-- more')
        t.type(' ')
        t.expect('web16 .*-- more')
        t.type('/web4[0-9]\r')
        t.expect('web40 .*-- more')
        t.type('q')
        t.expect(PROMPT)
        self.assertNotIn('web50', t.seen)
        t.type('show ports\r')
        t.expect('-- more')
        t.type(CTRL_C)
        t.expect(PROMPT)
        t.type('show ports\r')
        t.expect('-- more')
        t.type('G')
        t.expect('web59 .*' + PROMPT)
        t.type('show ports | no-more\r')
        t.expect('web59 .*' + PROMPT)
        self.assertNotIn('port web3 \n -- more', self.do(t, 'show version'))

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


class Verbs(Shell):
    """Each is one transaction on a private copy. What the switch makes of it: live_test.sh."""

    def verb(self, *args, fn=answer):
        with FakeSwitch(self.run_dir, fn) as switch:
            done = subprocess.run([HEDDLE, '--run-dir', self.run_dir, *args], capture_output=True, text=True,
                                  timeout=60)
        return done, [r for r in switch.requests if '<get-config' not in r and '<get-data' not in r]

    def test_order(self):
        done, requests = self.verb('port', 'add', 'new', 'vhost-user', '--queues', '4', '--access', 'office',
                                   '--description', 'a & b')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, '  warning: nobody is in segment lab any more\nport new added\n')
        for part, request in zip(('<mode>private</mode>', '<target><candidate/></target>', '<get-effects',
                                  '<commit><save'), requests, strict=True):
            self.assertIn(part, request)
        self.assertIn('<interface nc:operation="create"><name>new</name>', requests[1])
        self.assertIn('<vhost-user xmlns="urn:heddle:yang:heddle-vhost-user"><queues>4</queues></vhost-user>',
                      requests[1])
        self.assertIn('<switch>sw0</switch><access>office</access>', requests[1])
        self.assertIn('<description>a &amp; b</description>', requests[1])

    def test_check(self):
        done, requests = self.verb('port', 'move', 'web1', '--access', 'lab', '--check')
        self.assertEqual(done.returncode, 0)
        self.assertIn('Nothing was changed', done.stdout)
        self.assertNotIn('<commit>', ''.join(requests))
        done, _ = self.verb('port', 'move', 'web1', '--access', 'lab', '--check', '--json')
        self.assertEqual(json.loads(done.stdout), {
            'accepted': True, 'applied': False, 'errors': [], 'effects': [{
                'severity': 'warning', 'kind': 'segment-empty', 'path': '/',
                'text': 'nobody is in segment lab any more'}]})

    def test_what_is_left(self):
        """Moving takes the port out of what it was in."""
        trunk = [interface('p', vlans='<trunk>office</trunk><trunk>100..200</trunk><native>office</native>')]
        _, requests = self.verb('port', 'move', 'p', '--access', 'lab',
                                fn=lambda r: data(r, trunk) if '<get-config' in r else answer(r))
        for part in ('<trunk nc:operation="remove">office</trunk>', '<trunk nc:operation="remove">100..200</trunk>',
                     '<native nc:operation="remove">office</native>', '<access>lab</access>'):
            self.assertIn(part, requests[1])
        _, requests = self.verb('port', 'trunk', 'p', 'office,300-310', '--native', 'lab',
                                fn=lambda r: data(r, trunk) if '<get-config' in r else answer(r))
        self.assertIn('<trunk nc:operation="remove">100..200</trunk><trunk>office</trunk><trunk>300..310</trunk>'
                      '<native>lab</native>', requests[1])

    def test_others(self):
        for args, part in (
                (('port', 'remove', 'web1', 'web2'), '<interface nc:operation="delete"><name>web2</name>'),
                (('port', 'disable', 'web1'), '<enabled>false</enabled>'),
                (('port', 'enable', 'web1'), '<enabled>true</enabled>'),
                (('segment', 'add', 'dmz', '--uplink', 'eth1', '--vlan', '30'),
                 '<vlan>30</vlan><bridged><uplink>eth1</uplink></bridged>'),
                (('segment', 'add', 'dmz', '--host-only', '--address', '10.0.0.1/24'),
                 '<host-only/><host-interface><name>hd-dmz</name><address>10.0.0.1/24</address>'),
                (('segment', 'remove', 'lab'), '<segment nc:operation="delete"><name>lab</name>'),
                (('switch', 'add', 'sw1'), '<switch nc:operation="create"><name>sw1</name>'),
                (('switch', 'remove', 'sw0'), '<switch nc:operation="delete"><name>sw0</name>')):
            done, requests = self.verb(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ''), args)
            self.assertIn(part, requests[1])

    def test_transient(self):
        done, requests = self.verb('port', 'add', 'vm7', 'tap', '--transient', '--access', 'lab')
        self.assertEqual((done.returncode, done.stdout), (0, 'transient port vm7 added\n'))
        self.assertEqual(len(requests), 1)
        self.assertIn('<edit-data', requests[0])
        self.assertIn('hc:transient</datastore>', requests[0])

    def test_mistakes(self):
        for args, words in (
                (('port', 'add', 'web1', 'tap'), 'already'),
                (('port', 'add', 'x', 'vhost'), 'did you mean vhost-user?'),
                (('port', 'add', 'x', 'vhost', '--socket', 'a'), 'did you mean vhost-user?'),
                (('port', 'add', 'x', 'tap', '--sokcet', 'a'), 'no option --sokcet'),
                (('port', 'add', 'x', '--socket', 'a', 'vhost-user'), 'come after it'),
                (('port', 'add', 'x', 'tap', '--access', 'lab', '--trunk', 'lab'), 'give one of both'),
                (('port', 'add', 'x', 'tap', '--native', 'lab'), 'give --trunk'),
                (('port', 'add', 'x', 'tap', '--switch', 'sw1', '--access', 'lab'), 'did you mean sw0?'),
                (('port', 'add', 'x', 'tap', '--transient', '--check'), 'do not go together'),
                (('port', 'move', 'web1'), 'Say --access'),
                (('port', 'move', 'web99', '--access', 'lab'), 'did you mean web'),
                (('port', 'trunk', 'web1', 'a,,b'), 'is empty'),
                (('port', 'remove', 'nobody'), 'there is no port'),
                (('segment', 'add', 'dmz'), '--host-only'),
                (('segment', 'add', 'dmz', '--bridged', '--host-only'), 'not both'),
                (('segment', 'add', 'office', '--bridged'), 'already'),
                (('segment', 'add', 'a-name-that-is-long', '--bridged', '--address', '1.2.3.4/8'), '--interface'),
                (('switch', 'remove', 'sw7'), 'did you mean sw0?')):
            done, requests = self.verb(*args)
            self.assertIn(done.returncode, (1, 2), args)
            self.assertIn(words, done.stderr, args)
            self.assertEqual(requests, [], args)

    def test_refused(self):
        refusal = ('<rpc-error><error-type>application</error-type><error-tag>data-missing</error-tag>'
                   '<error-severity>error</error-severity><error-message>no segment lap</error-message></rpc-error>')
        for at in ('<open-configuration', '<edit-config', '<get-effects', '<commit'):
            done, requests = self.verb('port', 'move', 'web1', '--access', 'lap',
                                       fn=lambda r, at=at: refusal if at in r else answer(r))
            self.assertEqual(done.returncode, 1, at)
            self.assertIn('no segment lap', done.stderr)
            self.assertIn(at, requests[-1])
        done, _ = self.verb('port', 'move', 'web1', '--access', 'lap', '--json',
                            fn=lambda r: refusal if '<edit-config' in r else answer(r))
        self.assertEqual(json.loads(done.stdout)['errors'][0]['message'], 'no segment lap')
        self.assertFalse(json.loads(done.stdout)['accepted'])

    def test_older_switch(self):
        """One that does not tell effects commits all the same."""
        no = ('<rpc-error><error-type>protocol</error-type><error-tag>operation-not-supported</error-tag>'
              '<error-severity>error</error-severity></rpc-error>')
        done, requests = self.verb('port', 'move', 'web1', '--access', 'lab',
                                   fn=lambda r: no if '<get-effects' in r else answer(r))
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn('<commit>', requests[-1])


if __name__ == '__main__':
    unittest.main()
