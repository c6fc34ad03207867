#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle replay with the real programs: results, comparison, refusals."""
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time
import unittest

HEDDLE = os.environ['HEDDLE']


def frame(source, vlan=None, text=b'hello'):
    """A broadcast frame."""
    tag = struct.pack('!HH', 0x8100, vlan) if vlan else b''
    return (b'\xff' * 6 + bytes([2, 0, 0, 0, 0, source]) + tag + b'\x88\xb5' + text).ljust(60, b'\0')


def write_pcap(path, frames, linktype=1, snaplen=262144):
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, snaplen, linktype))
        for i, data in enumerate(frames):
            out.write(struct.pack('<IIII', 1 + i, i, min(len(data), snaplen), len(data)) + data[:snaplen])


def config(ports):
    return {
        'heddle-switch:switches': {'switch': [{'name': 'sw0', 'segment': [
            {'name': 'lab', 'vlan': 10, 'host-only': {}}, {'name': 'other', 'vlan': 20, 'host-only': {}}]}]},
        'ietf-interfaces:interfaces': {'interface': [
            {'name': name, 'type': 'heddle-tap:tap', 'heddle-port:port': {'switch': 'sw0', 'access': segment}}
            for name, segment in ports.items()]}}


def is_program(pid):
    """It runs, and is one of ours (not another process that has the number now)."""
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as file:
            stat = file.read()
    except FileNotFoundError:
        return False
    return stat.rpartition(')')[2].split()[0] != 'Z' and '(heddle' in stat


class Replay(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='heddle-replay-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.config = self.path('config.json')
        with open(self.config, 'w', encoding='utf-8') as out:
            json.dump(config({'a': 'lab', 'b': 'lab', 'c': 'other'}), out)
        write_pcap(self.path('a.pcap'), [frame(1), frame(1, vlan=20), frame(1, text=b'again')])
        write_pcap(self.path('c.pcap'), [frame(3)] * 4)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def replay(self, *args, output='out', inputs=('a', 'c')):
        command = [HEDDLE, 'replay', '-c', self.config, '-o', self.path(output)]
        for port in inputs:
            command += ['-i', f'{port}={self.path(port)}.pcap']
        return subprocess.run(command + list(args), capture_output=True, text=True, timeout=120)

    def test_summary(self):
        done = self.replay()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'PORT +RX +ADMITTED +DROPPED IN +OFFERED +DROPPED OUT +TX')
        self.assertRegex(done.stdout, r'a +3 +2 +1 +0 +0 +0\n')
        self.assertRegex(done.stdout, r'b +0 +0 +0 +2 +0 +2\n')
        self.assertRegex(done.stdout, r'a +1 +vlan_tagged\n')
        self.assertIn('7 packets replayed, 2 addresses known', done.stdout)
        self.assertEqual(done.stderr, '')

    def test_json(self):
        done = self.replay('--json')
        summary = json.loads(done.stdout)['summary']
        self.assertEqual(summary['ports']['b']['tx_packets'], 2)
        with open(self.path('out', 'summary.json'), encoding='utf-8') as file:
            self.assertEqual(summary, json.load(file))

    def test_same_at_any_batch(self):
        self.replay('--batch', '1', output='one')
        done = self.replay('--batch', '256', '--expect', self.path('one'))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('captures are as expected', done.stdout)

    def test_explain(self):
        # a's packets are at 1, 2, 3 s, c's at 1, 2, 3, 4 s; equal times in the order of names
        done = self.replay('--explain', '5', '--json')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.splitlines(), [
            'packet 5, at 3.000002000',
            '  in       port a: 60 bytes, 02:00:00:00:00:01 to ff:ff:ff:ff:ff:ff, type 0x88b5',
            '  vlan     VLAN 10 of switch sw0, segment lab, without a tag',
            '  source   02:00:00:00:00:01 is known at the port',
            '  lookup   ff:ff:ff:ff:ff:ff is a group: for all 2 members',
            '  out      port b: 60 bytes, 02:00:00:00:00:01 to ff:ff:ff:ff:ff:ff, type 0x88b5'])
        json.loads(done.stdout)
        self.assertIn('source   02:00:00:00:00:01 is not known', self.replay('--explain', '1').stderr)
        self.assertIn('drop     port a: vlan_tagged: ', self.replay('--explain', '3').stderr)
        done = self.replay('--explain', '8')
        self.assertEqual(done.returncode, 0)
        self.assertIn('no packet 8 to explain: the captures have 7', done.stderr)
        self.replay('--explain', '5', output='explained')
        done = self.replay('--expect', self.path('explained'))
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_difference(self):
        self.replay(output='want')
        write_pcap(self.path('want', 'b.pcap'), [frame(1), frame(1, text=b'AGAIN')])
        done = self.replay('--expect', self.path('want'), '--ignore-time')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('port b: packet 2 differs at byte 14', done.stdout)
        self.assertIn('1 of 3 captures differ', done.stdout)
        done = self.replay('--expect', self.path('want'), '--ignore-time', '--json')
        expect = json.loads(done.stdout)['expect']
        self.assertFalse(expect['equal'])
        self.assertEqual([(p['port'], p['difference']) for p in expect['ports']],
                         [('a', 'equal'), ('b', 'bytes'), ('c', 'equal')])
        self.assertEqual(expect['ports'][1]['offset'], 14)

    def test_missing_and_time(self):
        os.mkdir(self.path('want'))
        write_pcap(self.path('want', 'b.pcap'), [frame(1), frame(9), frame(1, text=b'again')])
        done = self.replay('--expect', self.path('want'), '--ignore-time')
        self.assertEqual(done.returncode, 1)
        self.assertIn('port b: packet 2 is missing', done.stdout)
        write_pcap(self.path('want', 'b.pcap'), [frame(1), frame(1, text=b'again')])
        done = self.replay('--expect', self.path('want'))
        self.assertEqual(done.returncode, 1)
        self.assertIn('packet 2 has another time', done.stdout)

    def test_expected_port_that_is_not_there(self):
        os.mkdir(self.path('want'))
        write_pcap(self.path('want', 'nobody.pcap'), [])
        done = self.replay('--expect', self.path('want'))
        self.assertEqual(done.returncode, 1)
        self.assertIn('nobody', done.stdout)
        shutil.rmtree(self.path('want'))
        self.assertEqual(self.replay('--expect', self.path('want')).returncode, 2)
        os.mkdir(self.path('want'))
        done = self.replay('--expect', self.path('want'))
        self.assertEqual(done.returncode, 2)
        self.assertIn('no capture in it', done.stderr)

    def test_linktype(self):
        write_pcap(self.path('c.pcap'), [b'x' * 40], linktype=113)
        done = self.replay()
        self.assertEqual(done.returncode, 2)
        self.assertIn('LINUX_SLL', done.stderr)
        self.assertIn('tcpdump -i eth1 -w', done.stderr)
        self.assertFalse(os.path.exists(self.path('out')))

    def test_cut_packets(self):
        write_pcap(self.path('a.pcap'), [frame(1), frame(1).ljust(200, b'x'), frame(1)], snaplen=96)
        done = self.replay()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('1 of 3 packets were cut', done.stderr)
        self.assertIn('tcpdump -s 0', done.stderr)

    def test_bad_input(self):
        with open(self.path('c.pcap'), 'w', encoding='utf-8') as out:
            out.write('this is no capture')
        done = self.replay()
        self.assertEqual(done.returncode, 2)
        self.assertIn('not a capture', done.stderr)
        done = self.replay(inputs=('a', 'nofile'))
        self.assertEqual(done.returncode, 2)
        self.assertIn('No such file', done.stderr)
        for extra in (['-i', 'a'], ['-i', '=x'], ['-i', f'a={self.path("a.pcap")}'], ['--batch', '0'], ['--explain', '0'],
                      ['-i', f'a b={self.path("a.pcap")}']):
            done = self.replay(*extra, inputs=('a',))
            self.assertEqual(done.returncode, 2, extra)
            self.assertTrue(done.stderr, extra)

    def test_unknown_port(self):
        shutil.copy(self.path('a.pcap'), self.path('z.pcap'))
        done = self.replay(inputs=('a', 'z'))
        self.assertEqual(done.returncode, 2)
        self.assertIn('has no port "z"', done.stderr)
        self.assertFalse(os.path.exists(self.path('out')))

    def test_refused_configuration(self):
        with open(self.config, 'w', encoding='utf-8') as out:
            json.dump(config({'a': 'nowhere'}), out)
        done = self.replay(inputs=('a',))
        self.assertEqual(done.returncode, 2)
        self.assertIn('nowhere', done.stderr)
        os.unlink(self.config)
        done = self.replay(inputs=('a',))
        self.assertEqual(done.returncode, 2)
        self.assertIn(self.config, done.stderr)

    def test_killed(self):
        """When the command is killed, the programs that it started end as well."""
        write_pcap(self.path('a.pcap'), [frame(1)] * 300000)
        command = subprocess.Popen([HEDDLE, 'replay', '-c', self.config, '-o', self.path('out'), '-i',
                                    f'a={self.path("a.pcap")}'], stdout=subprocess.DEVNULL)
        children = []
        while len(children) < 2 and command.poll() is None:
            with open(f'/proc/{command.pid}/task/{command.pid}/children', encoding='ascii') as file:
                children = file.read().split()
        self.assertIsNone(command.poll(), 'it was over before it could be killed')
        command.kill()
        command.wait()
        deadline = time.monotonic() + 20
        while any(is_program(pid) for pid in children):
            self.assertLess(time.monotonic(), deadline, f'still there: {children}')
            time.sleep(0.02)

    def test_output_is_a_file(self):
        with open(self.path('out'), 'w', encoding='utf-8'):
            pass
        done = self.replay()
        self.assertEqual(done.returncode, 2)
        self.assertIn('out', done.stderr)


if __name__ == '__main__':
    unittest.main()
