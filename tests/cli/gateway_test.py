#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Commands about gateways: what they print, what they ask the switch, how they end."""
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
NS = 'xmlns="urn:heddle:yang:heddle-gateway"'


def gateway(name, segment, *addresses, more='', **state):
    body = ''.join(f'<address>{a}</address>' for a in addresses)
    return interface(name, kind='gateway', vlans='', role='gateway', more=(
        f'<phys-address>02:00:00:00:00:99</phys-address><gateway {NS}><switch>sw0</switch>'
        f'<segment>{segment}</segment>{body}{more}</gateway>'), **state)


GATEWAYS = [gateway('lab-gw', 'lab', '192.168.56.254/24', rx=2000, tx=12345678),
            gateway('office-gw', 'office', '10.0.0.1/24', 'fd00:1:2:3:4:5:6:7/64', '10.1.0.1/24',
                    more='<vrf>blue</vrf>', state='disabled', drops=[('no_route', 'in', 3)])]
PORTS = [interface('web1'), *GATEWAYS]


def answer(request):
    """A switch with two gateways and a port that accepts any change."""
    if '<clear-neighbours' in request:
        return '<entries>2</entries>'
    if 'kind:gateway</type></interface></interfaces></filter>' in request:
        return data(request, GATEWAYS)
    if '<get>' in request or '<get-config>' in request or '<get-data' in request:
        return data(request, PORTS)
    if '<get-effects' in request:
        return ''
    return '<ok/>'


def table(rows):
    """Answers pages of 1,000 of the rows."""
    def pages(request):
        cursor = int(re.search(r'<cursor>(\d+)<', request).group(1))
        limit = int(re.search(r'<limit>(\d+)<', request).group(1))
        part = rows[cursor:cursor + limit]
        following = cursor + len(part) if cursor + len(part) < len(rows) else 0
        return (f'{"".join(part)}<cursor>{following}</cursor><entries>{len(rows)}</entries>'
                '<capacity>16384</capacity>')
    return pages


def neighbour(address, gateway_name='lab-gw', mac='02:00:00:00:00:09', state='reachable', age=3, held=0):
    mac = f'<mac>{mac}</mac>' if mac else ''
    return (f'<entry><gateway>{gateway_name}</gateway><address>{address}</address>{mac}<state>{state}</state>'
            f'<age>{age}</age><held>{held}</held></entry>')


class Gateways(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='heddle-gateway-')
        self.addCleanup(shutil.rmtree, self.dir)

    def run_cli(self, *args):
        return subprocess.run([HEDDLE, '--run-dir', self.dir, *args], capture_output=True, text=True, timeout=60)

    def ask(self, *args, fn=answer):
        with FakeSwitch(self.dir, fn) as switch:
            return self.run_cli(*args), switch.requests

    def edit(self, *args):
        """The edit that a verb makes."""
        done, requests = self.ask(*args)
        self.assertEqual((done.returncode, done.stderr), (0, ''), args)
        return next(r for r in requests if '<edit-config>' in r)

    def test_show(self):
        done, requests = self.ask('show', 'gateways')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(requests), 1)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[1], r'lab-gw +sw0 +lab +default +192\.168\.56\.254/24 +up +12\.3M +2000 +0')
        self.assertRegex(lines[2], r'office-gw +sw0 +office +blue +10\.0\.0\.1/24,.* +disabled +0 +0 +3')
        self.assertLessEqual(max(map(len, lines)), 100)
        done, _ = self.ask('show', 'gateways', 'office-gw')
        for line in ('gateway office-gw', 'vrf        blue', 'mac        02:00:00:00:00:99', 'dropped    3 no_route'):
            self.assertIn(line, done.stdout)
        done, _ = self.ask('show', 'gateways', 'ofice-gw')
        self.assertEqual((done.returncode, done.stderr),
                         (1, 'heddle: there is no gateway "ofice-gw"; did you mean office-gw?\n'))
        done, _ = self.ask('show', 'gateways', fn=lambda r: data(r, []))
        self.assertIn('There are no gateways', done.stdout)

    def test_json(self):
        done, _ = self.ask('show', 'gateways', '--json')
        one, two = json.loads(done.stdout)['gateways']
        self.assertEqual((one['vrf'], one['addresses'], one['received']['packets'], one['sent']['packets']),
                         ('default', ['192.168.56.254/24'], 12345678, 2000))
        self.assertEqual((two['vrf'], two['up'], two['drops']), ('blue', False, {'total': 3, 'reasons': {'no_route': 3}}))
        done, _ = self.ask('show', 'gateways', 'lab-gw', '--json')
        self.assertEqual([g['name'] for g in json.loads(done.stdout)['gateways']], ['lab-gw'])

    def test_as_port(self):
        """A gateway is among the ports, as host interfaces are."""
        done, _ = self.ask('show', 'ports')
        self.assertRegex(done.stdout, r'lab-gw +gateway +sw0 +gateway office +up')
        done, _ = self.ask('port', 'add', 'x', 'gateway')
        self.assertEqual(done.returncode, 2)
        self.assertIn('no kind of port "gateway"', done.stderr)

    def test_neighbours(self):
        rows = [neighbour(f'10.0.{i >> 8}.{i & 255}', age=i) for i in range(2500)]
        rows[7] = neighbour('fd00::9', mac='', state='incomplete', held=4)
        rows[8] = neighbour('10.0.0.8', 'a-gw', state='failed')
        done, requests = self.ask('show', 'neighbours', '--limit', '0', '--json', fn=table(rows))
        told = json.loads(done.stdout)
        self.assertEqual(len({e['address'] for e in told['entries']}), 2500)
        self.assertEqual((told['more'], told['table-entries'], told['table-capacity']), (False, 2500, 16384))
        self.assertEqual(told['entries'][0], {'address': '10.0.0.8', 'mac': '02:00:00:00:00:09', 'gateway': 'a-gw',
                                              'state': 'failed', 'age': 3, 'waiting': 0})
        self.assertEqual(told['entries'][-1], {'address': 'fd00::9', 'mac': None, 'gateway': 'lab-gw',
                                               'state': 'incomplete', 'age': 3, 'waiting': 4})
        self.assertEqual(len(requests), 3)
        done, requests = self.ask('show', 'neighbours', '-n', '1200', fn=table(rows))
        self.assertIn('1200 shown, there are more (--limit 0); 2500 in the table, room for 16.4k', done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
        self.assertEqual([re.search(r'<limit>(\d+)', r).group(1) for r in requests], ['1000', '200'])
        done, _ = self.ask('show', 'neighbours', fn=table([]))
        self.assertEqual(done.stdout, '0 shown; 0 in the table, room for 16.4k\n')

    def test_filter(self):
        for args, part in ((['lab-gw'], '<gateway>lab-gw</gateway>'), (['fd00::9'], '<address>fd00::9</address>'),
                           (['10.0.0.9', 'lab-gw'], '<gateway>lab-gw</gateway><address>10.0.0.9</address>')):
            _, requests = self.ask('show', 'neighbours', *args, fn=table([]))
            self.assertIn(f'<get-neighbours {NS}>{part}<limit>', requests[0])
            done, requests = self.ask('clear', 'neighbours', *args)
            self.assertEqual(done.stdout, '2 neighbours forgotten\n')
            self.assertIn(f'<clear-neighbours {NS}>{part}</clear-neighbours>', requests[0])
        done, _ = self.ask('clear', 'neighbours', '--json')
        self.assertEqual(json.loads(done.stdout), {'forgotten': 2})
        for bad in (['a', 'b'], ['10.0.0.1', 'fd00::1'], ['a', '10.0.0.1', 'b']):
            self.assertEqual(self.run_cli('show', 'neighbours', *bad).returncode, 2, bad)
            self.assertEqual(self.run_cli('clear', 'neighbours', *bad).returncode, 2, bad)

    def test_routes(self):
        rows = [f'<entry><vrf>blue</vrf><prefix>10.0.{i}.0/24</prefix><kind>connected</kind>'
                '<gateway>office-gw</gateway></entry>' for i in range(3)]
        done, requests = self.ask('show', 'routes', 'blue', fn=table(rows))
        self.assertIn('<vrf>blue</vrf>', requests[0])
        self.assertRegex(done.stdout, r'blue +10\.0\.2\.0/24 +connected +office-gw')
        self.assertIn('3 shown; 3 in all VRFs', done.stdout)
        done, _ = self.ask('show', 'routes', '--json', '-n', '2', fn=table(rows))
        told = json.loads(done.stdout)
        self.assertEqual(told['routes'][1], {'vrf': 'blue', 'prefix': '10.0.1.0/24', 'kind': 'connected',
                                             'gateway': 'office-gw'})
        self.assertTrue(told['more'])

    def test_punt(self):
        counts = ''.join(f'<{leaf}>{n}</{leaf}>' for leaf, n in (
            ('rate', 1000), ('port-rate', 100), ('burst', 20), ('rules', 2), ('matched', 12345678), ('passed', 3),
            ('policed', 4), ('queue-full', 5), ('unusable', 6), ('waiting', 7)))
        totals = ('<injected>11</injected><inject-refused>12</inject-refused><leases-expired>13</leases-expired>'
                  '<resign-packets>14</resign-packets>')
        body = (f'<class><name>vrrp</name>{counts}</class>{totals}'
                '<rule><name>vrrp-10</name><class>vrrp</class><gateway>lab-gw</gateway>'
                '<destination>01:00:5e:00:00:12</destination><ethertype>0x0800</ethertype><protocol>112</protocol>'
                '<copy>false</copy></rule>'
                '<rule><name>ns</name><gateway>lab-gw</gateway><ethertype>0x86dd</ethertype><protocol>58</protocol>'
                '<port-or-type>135</port-or-type><copy>true</copy></rule>'
                '<lease><name>vrrp-10</name><gateway>lab-gw</gateway><segment>lab</segment>'
                '<mac>00:00:5e:00:01:0a</mac><address>192.168.56.1</address><state>live</state><left>2500</left>'
                '<resign-packet>true</resign-packet></lease>'
                '<lease><name>mac</name><gateway>lab-gw</gateway><mac>00:00:5e:00:01:0b</mac><state>resigning</state>'
                '<left>90</left><resign-packet>false</resign-packet></lease>')
        done, requests = self.ask('show', 'punt', fn=lambda _: body)
        self.assertIn(f'<get-punt {NS}/>', requests[0])
        self.assertRegex(done.stdout, r'(?m)^vrrp +2 +1000 +100 +12\.3M +3 +4 +5 +6 +7$')
        self.assertRegex(done.stdout, r'(?m)^vrrp-10 +vrrp +lab-gw +0x0800, protocol 112, to 01:00:5e:00:00:12$')
        self.assertRegex(done.stdout, r'(?m)^ns +lab-gw +0x86dd, protocol 58, port or type 135, a copy$')
        self.assertRegex(done.stdout, r'(?m)^vrrp-10 +lab +lab-gw +00:00:5e:00:01:0a +192\.168\.56\.1 +live +2s +yes$')
        self.assertRegex(done.stdout, r'(?m)^mac +lab-gw +00:00:5e:00:01:0b +resigning +90ms +no$')
        self.assertIn('sent by the control plane: 11 frames, 12 refused\n'
                      'leases that expired: 13; resign packets sent: 14\n', done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
        done, _ = self.ask('show', 'punt', '--json', fn=lambda _: body)
        told = json.loads(done.stdout)
        self.assertEqual(told['classes'], [{
            'name': 'vrrp', 'rate': 1000, 'port-rate': 100, 'burst': 20, 'rules': 2, 'matched': 12345678, 'passed': 3,
            'policed': 4, 'queue-full': 5, 'unusable': 6, 'waiting': 7}])
        self.assertEqual(told['rules'][1], {
            'name': 'ns', 'class': None, 'gateway': 'lab-gw', 'destination': None, 'ethertype': '0x86dd',
            'protocol': 58, 'port-or-type': 135, 'copy': True})
        self.assertEqual(told['leases'][1], {
            'name': 'mac', 'gateway': 'lab-gw', 'segment': None, 'mac': '00:00:5e:00:01:0b', 'address': None,
            'state': 'resigning', 'left-ms': 90, 'resign-packet': False})
        self.assertEqual(' '.join(told['classes'][0]),  # keys keep their order
                         'name rate port-rate burst rules matched passed policed queue-full unusable waiting')
        self.assertEqual(' '.join(told['leases'][0]), 'name gateway segment mac address state left-ms resign-packet')
        self.assertEqual((told['inject-refused'], told['resign-packets']), (12, 14))
        done, _ = self.ask('show', 'punt', fn=lambda _: totals)
        self.assertTrue(done.stdout.startswith('No feature of the control plane asks for frames.\n\n'
                                               'No address is leased.\n'), done.stdout)
        self.assertEqual(self.run_cli('show', 'punt', 'x').returncode, 2)

    def test_add(self):
        edit = self.edit('gateway', 'add', 'new', '--segment', 'lab', '--address', '10.2.0.1/24,FD00:0::1/64',
                         '--vrf', 'red', '--mac', '02:00:00:00:00:05', '--mtu', '1400', '--description', 'a & b')
        self.assertIn('<interface nc:operation="create"><name>new</name>', edit)
        self.assertIn('kind:gateway</type><description>a &amp; b</description>', edit)
        self.assertIn(f'<gateway {NS}><switch>sw0</switch><segment>lab</segment><vrf>red</vrf><mac>02:00:00:00:00:05'
                      '</mac><address>10.2.0.1/24</address><address>fd00::1/64</address></gateway>', edit)
        self.assertIn('<mtu>1400</mtu>', edit)
        for args, status, says in ((['new'], 2, 'in which segment? Say --segment'),
                                   (['web1', '--segment', 'lab'], 1, 'there is a port "web1" already'),
                                   (['new', '--segment', 'lba'], 1, 'did you mean lab?'),
                                   (['new', '--segment', 'lab', '--switch', 'sw1'], 1, 'did you mean sw0?'),
                                   (['new', '--segment', 'lab', '--address', '10.0.0.1/24,'], 2, 'is empty')):
            done, requests = self.ask('gateway', 'add', *args)
            self.assertEqual(done.returncode, status, args)
            self.assertIn(says, done.stderr)
            self.assertNotIn('<edit-config>', ''.join(requests))

    def test_set(self):
        edit = self.edit('gateway', 'set', 'office-gw', '--address', '10.0.0.1/24,10.9.0.1/24', '--segment', 'lab')
        self.assertIn('<segment>lab</segment><address nc:operation="remove">fd00:1:2:3:4:5:6:7/64</address>'
                      '<address nc:operation="remove">10.1.0.1/24</address><address>10.0.0.1/24</address>'
                      '<address>10.9.0.1/24</address></gateway>', edit)
        self.assertNotIn('<switch>', edit)
        edit = self.edit('gateway', 'set', 'lab-gw', '--vrf', 'red')
        self.assertNotIn('address', edit)
        for args, status, says in ((['lab-gw'], 2, 'what of it?'), (['lab-gw', '--check'], 2, 'what of it?'),
                                   (['web1', '--vrf', 'x'], 1, 'there is no gateway "web1"'),
                                   (['lab-gw', '--segment', 'ofice'], 1, 'did you mean office?')):
            done, _ = self.ask('gateway', 'set', *args)
            self.assertEqual(done.returncode, status, args)
            self.assertIn(says, done.stderr)

    def test_remove(self):
        edit = self.edit('gateway', 'remove', 'lab-gw', 'office-gw')
        self.assertEqual(edit.count('<interface nc:operation="delete">'), 2)
        done, _ = self.ask('gateway', 'remove', 'lab-gw', 'web1')
        self.assertEqual(done.returncode, 1)
        self.assertIn('there is no gateway "web1"', done.stderr)
        done, _ = self.ask('segment', 'remove', 'lab')
        self.assertIn('lab-gw (gateway)', done.stderr)

    def test_completion(self):
        def complete(*words):
            return self.run_cli('complete', '--', '--run-dir', self.dir, *words).stdout.split()
        with FakeSwitch(self.dir, answer):
            for words in (('show', 'gateways'), ('show', 'neighbours'), ('gateway', 'set'), ('gateway', 'remove'),
                          ('clear', 'neighbours')):
                self.assertEqual(complete(*words, '')[:2], ['lab-gw', 'office-gw'], words)
            self.assertEqual(complete('show', 'routes', '')[:2], ['blue', 'default'])
            self.assertEqual(complete('gateway', 'add', 'x', '--segment', ''), ['lab', 'office'])
            self.assertEqual(complete('gateway', ''), ['add', 'set', 'remove'])


if __name__ == '__main__':
    unittest.main()
