#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle load replace, from the outside: what it asks the switch, what it says, what it refuses."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import CONFIG, HEDDLE, Cli  # noqa: E402
from fake_switch import FakeSwitch, data, interface  # noqa: E402
from terminal import Terminal  # noqa: E402

REFUSAL = ('<rpc-error><error-type>application</error-type><error-tag>data-missing</error-tag>'
           '<error-severity>error</error-severity><error-path>/interfaces/interface</error-path>'
           '<error-message xml:lang="en">no such segment; did you mean lab?</error-message></rpc-error>')


class Load(Cli):
    def file(self, content):
        path = os.path.join(self.dir, 'config.json')
        with open(path, 'w', encoding='utf-8') as out:
            out.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def test_changes(self):
        readings = iter([[interface('a'), interface('b'), interface('c')],
                         [interface('a'), interface('b', vlans=''), interface('d')]])
        done, requests = self.ask('load', 'replace', self.file(CONFIG), answer=lambda r: (
            data(r, next(readings)) if '<get-config>' in r else '<ok/>'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('1 added, 1 changed, 1 removed', done.stdout)
        self.assertRegex(done.stdout, r'added:\n +port d\n')
        self.assertRegex(done.stdout, r'removed:\n +port c\n')
        edit = [r for r in requests if '<edit-config><target><candidate/>' in r][0]
        self.assertIn('<default-operation>replace</default-operation>', edit)
        self.assertRegex(edit, r'<type xmlns:([a-z-]+)="urn:heddle:yang:heddle-tap">\1:tap</type>')
        self.assertIn('<switches xmlns="urn:heddle:yang:heddle-switch">', edit)

    def test_refused(self):
        done, _ = self.ask('load', 'replace', self.file(CONFIG),
                           answer=lambda r: data(r, []) if '<get-config>' in r else REFUSAL)
        self.assertEqual(done.returncode, 1)
        self.assertIn('1 error; nothing was changed', done.stderr)
        self.assertIn('/interfaces/interface', done.stderr)
        self.assertIn('did you mean lab?', done.stderr)
        self.assertEqual(done.stdout, '')

    def test_check(self):
        done, requests = self.ask('load', 'replace', '--check', self.file(CONFIG), answer=lambda r: '<ok/>')
        self.assertEqual(done.returncode, 0)
        self.assertIn('is fine', done.stdout)
        self.assertIn('<get-effects', requests[-1])
        self.assertNotIn('<commit', ''.join(requests))

    def test_effects(self):
        """What it does to the live switch, asked of a private copy."""
        def answer(request):
            if '<get-effects' in request:
                return ''.join('<effect xmlns="urn:heddle:yang:heddle-config"><severity>warning</severity><kind>x</kind>'
                               f'<path>/</path><text>warning {i}</text></effect>' for i in range(30))
            return data(request, []) if '<get-config>' in request else '<ok/>'
        done, requests = self.ask('load', 'replace', self.file(CONFIG), answer=answer)
        self.assertRegex(done.stdout, r'(?s)warning: warning 19\n  and 10 more\n.*in force')
        order = [next(w for w in ('open-conf', 'candidate', 'get-effects', 'commit', 'get-config') if w in r)
                 for r in requests]
        self.assertEqual(order, ['get-config', 'open-conf', 'candidate', 'get-effects', 'commit', 'get-config'])
        self.assertIn(f'>load replace {self.dir}/config.json</comment><save ', requests[4])
        done, _ = self.ask('load', 'replace', '--json', self.file(CONFIG), answer=answer)
        self.assertEqual(len(json.loads(done.stdout)['effects']), 30)

    def test_check_without_switch(self):
        done = self.run_cli('load', 'replace', '--check', self.file(CONFIG))
        self.assertEqual(done.returncode, 0, done.stderr)
        bad = json.loads(json.dumps(CONFIG))
        bad['ietf-interfaces:interfaces']['interface'][0]['heddle-port:port']['access'] = 'lba'
        done = self.run_cli('load', 'replace', '--check', self.file(bad))
        self.assertEqual(done.returncode, 1)
        self.assertIn('lba', done.stderr)
        done = self.run_cli('load', 'replace', '--check', '--json', self.file(bad))
        errors = json.loads(done.stdout)['errors']
        self.assertIn('access', errors[0]['path'])

    def test_types_of_json(self):
        bad = json.loads(json.dumps(CONFIG))
        bad['heddle-switch:switches']['switch'][0]['mac-limit'] = '10'
        done, requests = self.ask('load', 'replace', self.file(bad), answer=lambda r: '<ok/>')
        self.assertEqual((done.returncode, requests), (1, []))
        self.assertIn('without quotes', done.stderr)

    def test_plugin_module(self):
        """A module that only the switch knows is for the switch to judge."""
        done, requests = self.ask('load', 'replace', '--check', self.file({**CONFIG, 'heddle-extra:extra': {'x': 1}}),
                                  answer=lambda r: '<ok/>')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('<extra xmlns="urn:heddle:yang:heddle-extra"><x>1</x></extra>', requests[1])

    def test_xml_and_stdin(self):
        text = ('<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><switches '
                'xmlns="urn:heddle:yang:heddle-switch"><switch><name>s</name></switch></switches></config>')
        done, requests = self.ask('load', 'replace', '--check', '-', stdin=text, answer=lambda r: '<ok/>')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(requests[1].count('<config '), 1)
        self.assertIn('<switch><name>s</name></switch>', requests[1])

    def test_asks_before_a_danger(self):
        """At a terminal; no is the answer that Enter gives, and changes nothing."""
        def answer(request):
            if '<get-effects' in request:
                return ('<effect xmlns="urn:heddle:yang:heddle-config"><severity>danger</severity><kind>x</kind>'
                        '<path>/</path><text>all is lost</text></effect>')
            return data(request, []) if '<get-config>' in request else '<ok/>'
        for typed, rc, commits in (('n\n', 1, 0), ('\n', 1, 0), ('y\n', 0, 1)):
            with FakeSwitch(self.dir, answer) as switch:
                with Terminal([HEDDLE, '--run-dir', self.dir, 'load', 'replace', self.file(CONFIG)]) as terminal:
                    terminal.expect('danger: all is lost.*Do it all the same')
                    terminal.type(typed)
                    self.assertEqual(terminal.wait(), rc)
            self.assertEqual(sum('<commit>' in r for r in switch.requests), commits, typed)

    def test_name(self):
        """It says that it replaces what runs; the short name says where it is."""
        done = self.run_cli('load', self.file(CONFIG))
        self.assertEqual(done.returncode, 2)
        self.assertIn('it is load replace', done.stderr)

    def test_bad_files(self):
        for text in ('', 'set port', '{"a', '<a><b></a>', '{"switches": {}}', '[' * 100000, '{"a:a":' * 100000,
                     '<a>' * 100000):
            done, requests = self.ask('load', 'replace', self.file(text), answer=lambda r: '<ok/>')
            self.assertEqual((done.returncode, requests), (1, []), text[:20])
            self.assertTrue(done.stderr.startswith('heddle: '), done.stderr)
        self.assertEqual(self.run_cli('load', 'replace', '/nonexistent').returncode, 2)


if __name__ == '__main__':
    unittest.main()
