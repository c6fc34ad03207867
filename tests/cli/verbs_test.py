#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The daily verbs: each is one transaction on a private copy.

What the switch makes of it: live_test.sh.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake_switch import FakeSwitch, data, interface  # noqa: E402

HEDDLE = os.environ['HEDDLE']
PORTS = [interface(f'web{i}', rx=i * 1000, tx=i) for i in range(1, 60)] + [
    interface('eth1', kind='af-packet', vlans='', role='uplink')]


def answer(request):
    """A switch with ports that accepts any change."""
    if '<get' in request and 'get-' not in request or '<get-config' in request:
        return data(request, PORTS)
    if '<get-effects' in request:
        return ('<effect xmlns="urn:heddle:yang:heddle-config"><severity>warning</severity><kind>segment-empty'
                '</kind><path>/</path><text>nobody is in segment lab any more</text></effect>')
    return '<ok/>'


class Verbs(unittest.TestCase):
    def setUp(self):
        self.run_dir = tempfile.mkdtemp(prefix='heddle-verbs-')
        self.addCleanup(shutil.rmtree, self.run_dir)

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
                                  '<commit>'), requests, strict=True):
            self.assertIn(part, request)
        self.assertIn('>port add new vhost-user --queues 4 --access office --description &quot;a &amp; b&quot;</comment>'
                      '<save ', requests[3])
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
                (('switch', 'remove', 'sw0'), '<switch nc:operation="delete"><name>sw0</name>'),
                (('port', 'add', 'x', 'tap', '--mtu', '9000'), '<mtu>9000</mtu></port>')):
            empty = args[:2] == ('switch', 'remove')  # nobody may be on it
            done, requests = self.verb(*args, fn=(lambda r: data(r, []) if '<get-config' in r else answer(r))
                                       if empty else answer)
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
                (('segment', 'remove', 'offise'), 'has no segment "offise"; did you mean office?'),
                (('segment', 'remove', 'office'), 'segment office is in use: ports web1 (access), web2 (access)'),
                (('switch', 'remove', 'sw0'), 'and 50 more are in it'),
                (('port', 'add', 'x', 'tap', '--wait', '3', '--check'), 'leave out --check'),
                (('port', 'add', 'x', 'tap', '--wait', 'long'), '--wait long: a number'),
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

    def test_socket_of_the_kind(self):
        """Behind the kind --socket is the port's, before the command the switch's."""
        _, requests = self.verb('port', 'add', 'v5', 'vhost-user', '--socket', 'x')
        self.assertIn('<socket>x</socket>', requests[1])
        done, _ = self.verb('--socket', self.run_dir + '/netconf.sock', 'port', 'add', 'v5', 'vhost-user')
        self.assertEqual(done.returncode, 0, done.stderr)
        done, _ = self.verb('--socket', '/nowhere', 'port', 'add', 'v5', 'vhost-user', '--socket', 'x')
        self.assertEqual(done.returncode, 3)

    def test_wait(self):
        states = iter(['opening', 'opening', 'up', 'no-peer', 'no-namespace'])

        def fn(request):
            if '<get>' in request:
                return data(request, [interface('x', state=next(states), text='ip netns add it')])
            return answer(request)
        for words, rc in (('port x is up\n', 0), ('port x is there, and waits for its machine\n', 0), ('', 1)):
            done, _ = self.verb('port', 'add', 'x', 'tap', '--wait', '0' if rc else '20', fn=fn)
            self.assertEqual(done.returncode, rc, done.stderr)
            self.assertTrue(done.stdout.endswith('port x added\n' + words), done.stdout)
        self.assertIn('port x is not up: no-namespace: ip netns add it', done.stderr)

    def test_errors_in_words(self):
        refusal = ('<rpc-error><error-type>application</error-type><error-tag>data-missing</error-tag>'
                   '<error-severity>error</error-severity><error-path xmlns:if="urn:ietf:params:xml:ns:yang:ietf-'
                   'interfaces" xmlns:hp="urn:heddle:yang:heddle-port">/if:interfaces/if:interface[if:name=\'web1\']'
                   '/hp:port/hp:access</error-path><error-message>no segment lap</error-message></rpc-error>')
        done, _ = self.verb('port', 'move', 'web1', '--access', 'lap',
                            fn=lambda r: refusal if '<edit-config' in r else answer(r))
        self.assertEqual(done.stderr, 'heddle: refused; nothing was changed:\n  port web1 access\n'
                         '    no segment lap\n')

    def test_long_commands_in_the_history(self):
        """A comment has 200 characters; what does not fit is cut, also between those of several bytes."""
        _, requests = self.verb('port', 'add', 'x', 'tap', '--description', 'ä' * 300)
        comment = re.search('>([^<]*)</comment>', requests[3]).group(1)
        self.assertEqual(comment, ('port add x tap --description ' + 'ä' * 300)[:197] + '...')
        _, requests = self.verb('port', 'add', 'x', 'tap', '--description', 'a\nb')
        self.assertIn(r'--description &quot;a\nb&quot;</comment>', requests[3])

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
