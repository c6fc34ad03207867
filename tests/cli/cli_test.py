#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The heddle command, from the outside: what it prints, what it asks the switch, how it ends."""
import json
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine  # noqa: E402
from fake_switch import FakeSwitch, data, interface  # noqa: E402

HEDDLE = os.environ['HEDDLE']

PORTS = [
    interface('p10', rx=12345678, tx=1500000000, drops=[('vlan_tagged', 'in', 20000), ('tx_full', 'out', 5)]),
    interface('p2', kind='vhost-user', state='no-peer', text='nobody is on web1.sock: start the VM',
              vlans='<trunk>office</trunk><trunk>lab</trunk><trunk>100..200</trunk><native>office</native>',
              more='<vhost-user xmlns="urn:heddle:yang:heddle-vhost-user"><socket>web1.sock</socket>'
                   '</vhost-user>'),
    interface('eth1', kind='af-packet', vlans='', role='uplink'),
]


CONFIG = {'heddle-switch:switches': {'switch': [{'name': 'sw0', 'segment': [{'name': 'lab', 'host-only': {}}]}]},
          'ietf-interfaces:interfaces': {'interface': [{
              'name': 'a', 'type': 'heddle-tap:tap', 'heddle-port:port': {'switch': 'sw0', 'access': 'lab'}}]}}


class Cli(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='heddle-cli-')
        self.addCleanup(shutil.rmtree, self.dir)

    def run_cli(self, *args, stdin=None, env=None):
        return subprocess.run([HEDDLE, '--run-dir', self.dir, *args], capture_output=True, text=True,
                              input=stdin, timeout=60, env={**os.environ, **(env or {})})

    def ask(self, *args, answer=None, **kwargs):
        """Runs the command against a switch that answers reads; returns the process and the requests."""
        with FakeSwitch(self.dir, answer or (lambda r: data(r, PORTS))) as switch:
            return self.run_cli(*args, **kwargs), switch.requests


class Show(Cli):
    def test_ports(self):
        done, _ = self.ask('show', 'ports')
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ['PORT', 'eth1', 'p2', 'p10'])
        self.assertRegex(lines[3], r'p10 +tap +sw0 +access office +up +12\.3M +1\.5G +20k')
        self.assertRegex(lines[2], r'trunk office,lab,100-200 native office +down, no-peer')
        self.assertRegex(lines[1], r'uplink office')
        self.assertLessEqual(max(map(len, lines)), 100)
        self.assertNotIn('\033', done.stdout)

    def test_exact(self):
        done, _ = self.ask('show', 'ports', '--exact')
        self.assertIn('12345678', done.stdout)

    def test_wide_names_fit(self):
        long = [interface('n' * 63, kind='vhost-user', vlans=''.join(
            f'<trunk>segment-with-a-long-name-{i}</trunk>' for i in range(20)))]
        done, _ = self.ask('show', 'ports', answer=lambda r: data(r, long))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
        self.assertEqual(done.stdout.replace('\n', '').count('n' * 8), 7)

    def test_one_port(self):
        done, _ = self.ask('show', 'ports', 'p2')
        self.assertEqual(done.returncode, 0)
        self.assertIn('down, no-peer', done.stdout)
        self.assertIn('nobody is on web1.sock: start the VM', done.stdout)
        self.assertIn('socket web1.sock', done.stdout)
        self.assertNotIn('p10', done.stdout)

    def test_unknown_port(self):
        done, _ = self.ask('show', 'ports', 'p3')
        self.assertEqual(done.returncode, 1)
        self.assertIn('did you mean p', done.stderr)
        self.assertEqual(done.stdout, '')

    def test_ports_json(self):
        done, _ = self.ask('show', 'ports', '--json')
        ports = json.loads(done.stdout)['ports']
        self.assertEqual([p['name'] for p in ports], ['eth1', 'p2', 'p10'])
        self.assertEqual(ports[1]['vlans'], {'mode': 'trunk', 'trunk': ['office', 'lab', '100..200'],
                                             'native': 'office'})
        self.assertFalse(ports[1]['up'])
        self.assertEqual(ports[1]['reason'], 'no-peer')
        self.assertEqual(ports[2]['rx'], {'packets': 12345678, 'bytes': 1234567800, 'multicast': 3,
                                          'broadcast': 0})
        self.assertEqual(ports[2]['drops'], {'total': 20005, 'in': {'vlan_tagged': 20000},
                                             'out': {'tx_full': 5}})
        self.assertEqual(ports[2]['mtu'], 1500)

    def test_rates(self):
        readings = iter([1000, 3000])
        done, _ = self.ask('show', 'ports', '--rates', '--json',
                           answer=lambda r: data(r, [interface('a', rx=next(readings))]))
        rate = json.loads(done.stdout)['ports'][0]['rates']
        self.assertTrue(1500 < rate['rx-packets'] <= 2000, rate)
        self.assertEqual(rate['tx-packets'], 0)
        self.assertGreater(rate['rx-bits'], rate['rx-packets'] * 8 * 100)

    def test_drops(self):
        done, _ = self.ask('show', 'drops')
        self.assertRegex(done.stdout, r'p10 +20k +vlan_tagged +in +a tag on an access port')
        self.assertNotIn('eth1', done.stdout)
        done, _ = self.ask('show', 'drops', 'eth1')
        self.assertEqual(done.stdout, 'No packet was dropped.\n')
        done, _ = self.ask('show', 'drops', 'eth1', '--all', '--json')
        self.assertEqual([(d['reason'], d['packets']) for d in json.loads(done.stdout)['drops']],
                         [('vlan_tagged', 0), ('tx_full', 0)])

    def test_switches_and_segments(self):
        done, _ = self.ask('show', 'switches')
        self.assertRegex(done.stdout, r'sw0 +2 +1 +3 +7 +none +300s')
        done, _ = self.ask('show', 'switches', '--json')
        self.assertEqual(json.loads(done.stdout)['switches'][0]['macs'], 7)
        done, _ = self.ask('show', 'segments')
        self.assertRegex(done.stdout, r'office +sw0 +10 +bridged +uplink eth1 +eth1,web1 +7')
        self.assertRegex(done.stdout, r'lab +sw0 +untagged +host-only +host hd-lab 192\.168\.56\.1/24 +none')
        done, _ = self.ask('show', 'segments', 'lab', '--json')
        segments = json.loads(done.stdout)['segments']
        self.assertEqual(len(segments), 1)
        self.assertEqual(segments[0]['host-interface'], {'name': 'hd-lab', 'addresses': ['192.168.56.1/24']})
        self.assertFalse(segments[0]['tagged'])
        done, _ = self.ask('show', 'segments', 'offcie')
        self.assertEqual(done.returncode, 1)
        self.assertIn('did you mean office?', done.stderr)

    def test_unnamed_vlans(self):
        """VLANs that ports carry by number, without a segment, are in the table: neighbours as one row."""
        vlans = ''.join(f'<vlan><id>{n}</id>{"".join(f"<member>{m}</member>" for m in members)}<macs>{macs}</macs></vlan>'
                        for n, members, macs in ((100, ['p2'], 1), (101, ['p2'], 2), (102, ['p2'], 4),
                                                 (103, ['p2', 'p10'], 8), (105, ['p2'], 16)))

        def answer(request):
            return data(request, PORTS).replace('</vlan></state></switch>', f'</vlan>{vlans}</state></switch>')
        done, _ = self.ask('show', 'segments', answer=answer)
        rows = [line.split() for line in done.stdout.splitlines()[-3:]]
        self.assertEqual(rows, [['-', 'sw0', '100-102', 'no', 'segment', 'p2', '7'],
                                ['-', 'sw0', '103', 'no', 'segment', 'p2,p10', '8'],
                                ['-', 'sw0', '105', 'no', 'segment', 'p2', '16']])
        done, _ = self.ask('show', 'segments', '--json', answer=answer)
        unnamed = json.loads(done.stdout)['unnamed-vlans']
        self.assertEqual([v['vlan'] for v in unnamed], [100, 101, 102, 103, 105])
        self.assertEqual(unnamed[3], {'switch': 'sw0', 'vlan': 103, 'ports': ['p2', 'p10'], 'macs': 8})
        done, _ = self.ask('show', 'segments', 'lab', answer=answer)
        self.assertNotIn('no segment', done.stdout)

    def test_disabled(self):
        """A disabled port says so and no more, whatever its kind, in each view."""
        for kind in ('tap', 'vm-tap', 'vhost-user', 'af-packet', 'pcap'):
            ports = [interface('a', kind=kind, state='disabled', text='disabled by configuration')]
            done, _ = self.ask('show', 'ports', answer=lambda r: data(r, ports))
            self.assertRegex(done.stdout, rf'a +{kind} +sw0 +access office +disabled +0')
            done, _ = self.ask('show', 'ports', 'a', answer=lambda r: data(r, ports))
            self.assertRegex(done.stdout, r'state +disabled, for ')
            done, _ = self.ask('monitor', '-i', '0.1', '-n', '1', answer=lambda r: data(r, ports))
            self.assertIn('disabled', done.stdout)
            self.assertNotIn('down', done.stdout)

    def test_planes_and_version(self):
        done, _ = self.ask('show', 'planes')
        self.assertRegex(done.stdout, r'supervisor +running +1h 1m +10 +0 +5 MB')
        self.assertRegex(done.stdout, r'control +not running +2s +.*killed by signal 9')
        self.assertRegex(done.stdout, r'(?m)^control +not running +2s +3 +0 B +killed')  # no memory was told
        done, _ = self.ask('show', 'planes', '--json')
        self.assertEqual(json.loads(done.stdout)['planes'][1]['restarts'], 3)
        self.assertEqual(' '.join(json.loads(done.stdout)['planes'][0]),
                         'name pid state connected generation restarts uptime memory last-exit doing')
        done, _ = self.ask('show', 'version')
        self.assertIn('heddle 9.9 (build other)', done.stdout)
        self.assertIn('restart it', done.stdout)

    def test_monitor_lines(self):
        done, _ = self.ask('monitor', '-i', '0.1', '-n', '2', 'p2', 'p10')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 4)
        self.assertNotIn('\033', done.stdout)
        done, _ = self.ask('monitor', '-i', '0.1', '-n', '1', '--json')
        self.assertEqual(sorted(json.loads(line)['port'] for line in done.stdout.splitlines()),
                         ['eth1', 'p10', 'p2'])
        done, _ = self.ask('monitor', 'nobody')
        self.assertEqual(done.returncode, 1)


class Fdb(Cli):
    def table(self, request):
        """2,500 entries, at most 1,000 an answer. Both segments have a VLAN id, or none."""
        if '<get-config>' in request:
            return data(request, [])
        cursor = int(re.search(r'<cursor>(\d+)<', request).group(1))
        limit = int(re.search(r'<limit>(\d+)<', request).group(1))
        n = min(limit, 1000, 2500 - cursor)
        entries = ''.join(f'<entry><switch>sw0</switch><vlan>10</vlan><segment>office</segment>'
                          f'<mac>02:00:00:00:{i >> 8:02x}:{i & 255:02x}</mac><port>p{i % 3}</port>'
                          f'<kind>learned</kind><age>{i}</age></entry>' for i in range(cursor, cursor + n))
        following = cursor + n if cursor + n < 2500 else 0
        return f'{entries}<cursor>{following}</cursor><entries>2500</entries><capacity>65536</capacity>'

    def test_pages(self):
        done, requests = self.ask('show', 'fdb', '--limit', '0', '--json', answer=self.table)
        answer = json.loads(done.stdout)
        self.assertEqual(len(answer['entries']), 2500)
        self.assertEqual(len({e['mac'] for e in answer['entries']}), 2500)
        self.assertFalse(answer['more'])
        self.assertEqual(sum('<get-fdb' in r for r in requests), 3)

    def test_limit(self):
        done, requests = self.ask('show', 'fdb', '--limit', '1200', answer=self.table)
        self.assertEqual(done.stdout.count('02:00:00'), 1200)
        self.assertIn('there are more', done.stdout)
        self.assertEqual([int(re.search(r'<limit>(\d+)', r).group(1)) for r in requests if '<get-fdb' in r],
                         [1000, 200])

    def test_untagged(self):
        """The number of a segment that has no VLAN id is the switch's own: nobody is told of it."""
        def answer(request):
            if '<get-config>' in request:
                return data(request, [])
            return ''.join(f'<entry><switch>sw0</switch><vlan>{vlan}</vlan><segment>{segment}</segment><mac>'
                           f'02:00:00:00:00:{vlan % 100}</mac><port>a</port><kind>static</kind></entry>'
                           for vlan, segment in ((10, 'office'), (4094, 'lab'), (20, ''))
                           ) + '<cursor>0</cursor><entries>3</entries><capacity>9</capacity>'
        done, _ = self.ask('show', 'fdb', answer=answer)
        self.assertNotIn('4094', done.stdout)
        self.assertRegex(done.stdout, r'lab +untagged')
        done, _ = self.ask('show', 'fdb', '--json', answer=answer)
        self.assertEqual([e['vlan'] for e in json.loads(done.stdout)['entries']], [None, 10, 20])
        done, _ = self.ask('show', 'segments', '--json')
        self.assertEqual([s['vlan'] for s in json.loads(done.stdout)['segments']], [10, None])

    def test_filter(self):
        _, requests = self.ask('show', 'fdb', '--port', 'a&b', '--vlan', '10', '--mac', '02-00-00-00-00-0A',
                               '--switch', 'sw0', answer=self.table)
        self.assertIn('<switch>sw0</switch><segment-or-vlan>10</segment-or-vlan><port>a&amp;b</port>'
                      '<mac>02:00:00:00:00:0a</mac>', requests[0])
        for bad in (['--vlan', '4095'], ['--mac', '02:00'], ['--segment', 'a', '--vlan', '1'], ['--limit', '-1']):
            self.assertEqual(self.run_cli('show', 'fdb', *bad).returncode, 2, bad)

    def test_clear(self):
        done, requests = self.ask('clear', 'fdb', '--segment', 'office', answer=lambda r: '<entries>1</entries>')
        self.assertEqual(done.stdout, '1 address forgotten\n')
        self.assertIn('<segment-or-vlan>office</segment-or-vlan>', requests[0])


class Reach(Cli):
    def test_no_switch(self):
        done = self.run_cli('show', 'ports')
        self.assertEqual(done.returncode, 3)
        self.assertIn(self.dir + '/netconf.sock', done.stderr)
        self.assertIn('heddled -c FILE --run-dir ' + self.dir, done.stderr)

    def test_dead_socket(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(self.dir + '/netconf.sock')
        sock.close()
        done = self.run_cli('show', 'ports')
        self.assertEqual(done.returncode, 3)
        self.assertIn('nobody listens', done.stderr)

    def test_long_path(self):
        done = self.run_cli('--run-dir', '/tmp/' + 'x' * 120, 'show', 'ports')
        self.assertEqual(done.returncode, 3)
        self.assertIn('107', done.stderr)

    def test_environment(self):
        done = subprocess.run([HEDDLE, 'show', 'ports'], capture_output=True, text=True,
                              env={**os.environ, 'HEDDLE_RUN_DIR': '/nonexistent/here'})
        self.assertIn('/nonexistent/here/netconf.sock', done.stderr)

    @unittest.skipIf(os.geteuid() != 0, 'needs root, to become somebody else')
    def test_permission(self):
        with FakeSwitch(self.dir, lambda r: '<ok/>') as switch:
            os.chmod(self.dir, 0o755)
            os.chown(switch.path, 0, 1)
            os.chmod(switch.path, 0o660)
            done = subprocess.run([HEDDLE, '--run-dir', self.dir, 'show', 'ports'], capture_output=True,
                                  text=True, user=65534, group=65534, extra_groups=[])
        self.assertEqual(done.returncode, 3)
        self.assertIn('group daemon', done.stderr)
        self.assertIn('usermod -aG daemon nobody', done.stderr)

    def test_hangs_up(self):
        done, _ = self.ask('show', 'ports', answer=lambda r: None)
        self.assertEqual(done.returncode, 3)
        self.assertIn('closed the session', done.stderr)

    def test_not_netconf(self):
        for hello in ('SSH-2.0-OpenSSH\n]]>]]>', '<hello xmlns="urn:x"/>]]>]]>', '<a>]]>]]>'):
            with FakeSwitch(self.dir, lambda r: '', hello=hello):
                done = self.run_cli('show', 'ports')
            self.assertEqual(done.returncode, 3, hello)

    def test_byte_by_byte(self):
        with FakeSwitch(self.dir, lambda r: data(r, PORTS), chunk=1):
            self.assertEqual(self.run_cli('show', 'ports').returncode, 0)

    def test_hostile_text(self):
        name = 'a\x1b[2Jb'.replace('\x1b', '&#x9b;')
        done, _ = self.ask('show', 'ports', answer=lambda r: data(r, [interface('x', text=name)]))
        self.assertNotIn('\x1b', done.stdout)
        self.assertNotIn('\x9b', done.stdout)
        done, _ = self.ask('show', 'ports', '--json',
                           answer=lambda r: data(r, [interface('x', text=name)]))
        self.assertNotIn('\x9b', done.stdout)
        self.assertIn('\\u009b', done.stdout)
        self.assertEqual(json.loads(done.stdout)['ports'][0]['text'], 'a\x9b[2Jb')


class Terminal(Cli):
    """Colour: only on a terminal, and never when it is not wanted."""

    def on_terminal(self, env):
        master, slave = pty.openpty()
        with FakeSwitch(self.dir, lambda r: data(r, PORTS)):
            subprocess.run([HEDDLE, '--run-dir', self.dir, 'show', 'ports'], stdout=slave, check=True,
                           env={**os.environ, 'TERM': 'xterm', **env})
        os.close(slave)
        with os.fdopen(master, 'rb') as out:
            return out.read1(65536).decode()

    def test_color(self):
        self.assertIn('\x1b[32mup\x1b[0m', self.on_terminal({}))

    def test_no_color(self):
        for env in ({'NO_COLOR': '1'}, {'TERM': 'dumb'}):
            self.assertNotIn('\x1b', self.on_terminal(env))


class Doctor(Cli):
    def doctor(self, *args):
        done = self.run_cli('doctor', '--json', *args)
        answer = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if answer['problems'] else 0)
        for check in answer['checks']:
            self.assertIn(check['result'], ('ok', 'warning', 'problem'))
            self.assertTrue(check['text'])
        return answer['checks']

    def problems(self, checks, name):
        return [c for c in checks if c['check'] == name and c['result'] == 'problem']

    def test_machine(self):
        names = {c['check'] for c in self.doctor()}
        self.assertTrue(names >= {'programs', 'YANG modules', 'permission', '/dev/net/tun', 'hugepages', 'memory',
                                  'memory lock limit', 'cpus', 'run-dir', 'vhost-dir', 'other switch'}, names)

    def test_programs_are_of_this_build(self):
        self.assertEqual(self.problems(self.doctor(), 'programs'), [])

    def test_config(self):
        path = os.path.join(self.dir, 'config.json')
        bad = json.loads(json.dumps(CONFIG))
        bad['ietf-interfaces:interfaces']['interface'] += [
            {'name': 'nic', 'type': 'heddle-af-packet:af-packet',
             'heddle-af-packet:af-packet': {'device': 'no-such-nic'}},
            {'name': 'ns', 'type': 'heddle-tap:tap', 'heddle-tap:tap': {'namespace': 'no-such-ns'}}]
        bad['heddle-switch:switches']['switch'][0]['segment'][0]['vlan'] = 5000
        with open(path, 'w', encoding='utf-8') as out:
            json.dump(bad, out)
        checks = self.doctor('-c', path)
        self.assertIn('no-such-nic', self.problems(checks, 'network card')[0]['text'])
        self.assertEqual(self.problems(checks, 'namespace')[0]['mend'], 'sudo ip netns add no-such-ns')
        self.assertIn('4094', self.problems(checks, 'configuration')[0]['text'])

    def test_asked_too_much(self):
        checks = self.doctor('--hugepages', 'yes', '--memory', '1000000')
        self.assertRegex(self.problems(checks, 'hugepages')[0]['text'], r'500000 are needed')
        self.assertTrue(self.problems(checks, 'memory'))
        checks = self.doctor('--cpus', '0-')
        self.assertTrue(self.problems(checks, 'cpus'))

    def test_other_switch(self):
        with FakeSwitch(self.dir, lambda r: '<ok/>'):
            other = [c for c in self.doctor() if c['check'] == 'other switch']
        self.assertEqual(other[0]['result'], 'warning')

    def test_for_people(self):
        done = self.run_cli('doctor')
        self.assertRegex(done.stdout.splitlines()[-1], r'^\d+ ok, \d+ warnings?, \d+ problems?$')
        wide = [line for line in done.stdout.splitlines() if len(line) > 100 and '->' not in line]
        self.assertEqual(wide, [])


class Usage(Cli):
    def test_exit_codes(self):
        for args in (['shwo'], ['show'], ['show', 'prots'], ['load'], ['load', 'replace', 'a', 'b'], ['--nope'],
                     ['show', 'fdb', '--limit', 'x'], ['monitor', '-i', '0'], ['replay'],
                     ['doctor', '--hugepages', 'maybe'], ['help', 'nothing']):
            done = self.run_cli(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertTrue(done.stderr, args)

    def test_help_needs_nothing(self):
        for args in (['help'], ['--help'], ['show', 'ports', '--help'], ['help', 'show'], ['version'],
                     ['--version'], ['load', 'replace', '-h'], ['show', 'help'], ['show', '--help'], ['port', '-h'],
                     ['show', '?'], ['help', 'commit'], ['segment', '--json', '--help']):
            done = self.run_cli(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ''), args)
            self.assertTrue(done.stdout)

    def test_full_disk(self):
        with open('/dev/full', 'w', encoding='utf-8') as full:
            done = subprocess.run([HEDDLE, 'help'], stdout=full, stderr=subprocess.PIPE)
        self.assertNotEqual(done.returncode, 0)

    def complete(self, *words):
        done = self.run_cli('complete', '--', '--run-dir', self.dir, *words)
        return done.stdout.split()

    def test_completion(self):
        self.assertIn('ports', self.complete('show', ''))
        self.assertEqual(self.complete('sh'), ['show'])
        self.assertEqual(self.complete('show', 'fdb', '--po'), ['--port'])
        self.assertEqual(self.complete('load', 'replace', ''), ['%file'])
        self.assertEqual(self.complete('show', 'ports', ''), [])  # no switch: quiet
        with FakeSwitch(self.dir, lambda r: data(r, PORTS)):
            self.assertEqual(self.complete('show', 'ports', 'p'), ['p2', 'p10'])
            self.assertEqual(self.complete('show', 'fdb', '--port', 'e'), ['eth1'])
            self.assertEqual(self.complete('show', 'segments', ''), ['lab', 'office'])
            self.assertEqual(self.complete('show', 'switches', ''), ['sw0'])

    @unittest.skipUnless(machine.allowed(), 'namespaces cannot be made here')
    def test_completion_of_the_machine(self):
        """Interfaces and namespaces of the host, of a machine of our own."""
        def complete(*words):
            done = subprocess.run([*machine.MACHINE, HEDDLE, 'complete', '--', *words], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            return done.stdout.split()
        self.assertEqual(complete('port', 'add', 'a', 'tap', '--namespace', ''), ['blue', 'green'])
        self.assertEqual(complete('port', 'add', 'a', 'vm-tap', '--namespace', 'gr'), ['green'])
        self.assertEqual(complete('port', 'add', 'a', 'af-packet', '--device', 'ca'), ['cable0', 'cable1'])
        self.assertNotIn('lo', complete('port', 'add', 'a', 'af-packet', '--device', ''))
        self.assertEqual(complete('port', 'add', 'a', 'tap', '--device', ''), [])  # it is made
        self.assertEqual(complete('segment', 'add', 's', '--host-only', '--interface', ''), ['hd-old'])

    def test_completion_in_bash(self):
        script = os.path.join(os.path.dirname(__file__), '..', '..', 'mgmt', 'cli', 'heddle.bash')
        with open(self.dir + '/config.json', 'w', encoding='utf-8') as out:
            json.dump(CONFIG, out)
        bash = f'''. {script}; cd {self.dir}
            COMP_WORDS=({HEDDLE} show seg); COMP_CWORD=2; _heddle; echo "${{COMPREPLY[@]}}"
            COMP_WORDS=({HEDDLE} load replace conf); COMP_CWORD=3; _heddle; echo "${{COMPREPLY[@]}}"
            COMP_WORDS=({HEDDLE} replay -c config.json -i ''); COMP_CWORD=5; _heddle; echo "${{COMPREPLY[@]}}"'''
        done = subprocess.run(['bash', '-c', bash], capture_output=True, text=True)
        self.assertEqual(done.stdout.split('\n')[:3], ['segments', 'config.json', 'a='])


if __name__ == '__main__':
    unittest.main()
