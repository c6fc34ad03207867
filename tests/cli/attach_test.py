#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle port show NAME --attach: what it says for each kind of port."""
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
VU = 'xmlns="urn:heddle:yang:heddle-vhost-user"'


def vhost_user(name, path, leaves='', vlans='<access>office</access>'):
    return interface(name, kind='vhost-user', vlans=vlans,
                     more=f'<vhost-user {VU}><path>{path}</path>{leaves}</vhost-user>')


class Attach(unittest.TestCase):
    PORTS = [vhost_user('web1', '/run/v/web1.sock'),
             vhost_user('web2', '/run/a,b/web2.sock', '<mode>server</mode><queues>4</queues><group>kvm</group>',
                        '<anti-spoof><mac>02:00:00:00:00:07</mac></anti-spoof>'),
             interface('vm', kind='vm-tap', more='<vm-tap xmlns="urn:heddle:yang:heddle-vm-tap"><device>vm0</device>'
                       '<queues>2</queues><owner>ann</owner></vm-tap>'),
             interface('c1', more='<tap xmlns="urn:heddle:yang:heddle-tap"><device>eth0</device>'
                       '<namespace>web</namespace></tap>'),
             interface('nic', kind='af-packet'), interface('hd-lan', role='host')]

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='heddle-attach-')
        self.addCleanup(shutil.rmtree, self.dir)

    def ask(self, *args):
        with FakeSwitch(self.dir, lambda request: data(request, self.PORTS)):
            return subprocess.run([HEDDLE, '--run-dir', self.dir, *args], capture_output=True, text=True, timeout=60)

    def attach(self, name, *args):
        return self.ask('port', 'show', name, '--attach', *args)

    def test_client(self):
        out = self.attach('web1').stdout
        for line in (
                '  -object memory-backend-memfd,id=mem,size=1G,share=on \\\n  -numa node,memdev=mem \\\n',
                '  -chardev socket,id=chr-web1,path=/run/v/web1.sock,server=on,wait=off \\\n',
                '  -netdev vhost-user,id=net-web1,chardev=chr-web1 \\\n',
                "  <source type='unix' path='/run/v/web1.sock' mode='server'/>\n",
                "  <access mode='shared'/>\n", '  usermod -aG heddle-vm libvirt-qemu\n'):
            self.assertIn(line, out)
        self.assertRegex(out, r'-device virtio-net-pci,netdev=net-web1,mac=52:54:00(:[0-9a-f]{2}){3}\n')
        # the address is the port's own: two machines do not get the same
        self.assertNotEqual(re.search('mac=(.*)', out).group(1),
                            re.search('mac=(.*)', self.attach('vm').stdout).group(1))

    def test_server(self):
        done = self.attach('web2', '--json')
        out = json.loads(done.stdout)
        self.assertEqual(out['socket'], '/run/a,b/web2.sock')
        self.assertIn('socket,id=chr-web2,path=/run/a,,b/web2.sock,reconnect=1', out['qemu'])
        self.assertIn('vhost-user,id=net-web2,chardev=chr-web2,queues=4', out['qemu'])
        self.assertIn('virtio-net-pci,netdev=net-web2,mac=02:00:00:00:00:07,mq=on,vectors=10', out['qemu'])
        self.assertIn("mode='client'>\n    <reconnect enabled='yes' timeout='1'/>", out['libvirt'][1]['xml'])
        self.assertIn("<driver queues='4'/>", out['libvirt'][1]['xml'])
        self.assertEqual(out['commands'][0]['command'], 'usermod -aG kvm libvirt-qemu')

    def test_taps(self):
        out = json.loads(self.attach('vm', '--json').stdout)
        self.assertIn('tap,id=net-vm,ifname=vm0,script=no,downscript=no,vhost=off,queues=2', out['qemu'])
        self.assertIn("<target dev='vm0' managed='no'/>", out['libvirt'][0]['xml'])
        self.assertIn('sudo -u ann', out['commands'][0]['command'])
        out = self.attach('c1').stdout
        self.assertIn('  ip netns attach web PID\n', out)
        self.assertIn('  ip -n web addr add ADDRESS/LENGTH dev eth0\n', out)
        self.assertIn('a virtual machine cannot open it', out)
        self.assertNotIn('QEMU', out)

    def test_libvirt_takes_it(self):
        """The schema of libvirt."""
        schema = '/usr/share/libvirt/schemas/domain.rng'
        if not os.path.exists(schema) or not shutil.which('xmllint'):
            self.skipTest('no schema of libvirt here (Debian: libvirt-clients libxml2-utils)')
        for name in ('web1', 'web2', 'vm'):
            parts = {'domain': '', 'devices': ''}
            for part in json.loads(self.attach(name, '--json').stdout)['libvirt']:
                parts[part['in']] += part['xml']
            path = os.path.join(self.dir, 'vm.xml')
            with open(path, 'w', encoding='utf-8') as out:
                out.write(f"<domain type='kvm'><name>vm</name><memory>1048576</memory>{parts['domain']}"
                          f"<os><type>hvm</type></os><devices>{parts['devices']}</devices></domain>")
            done = subprocess.run(['xmllint', '--noout', '--relaxng', schema, path], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_nothing_attaches(self):
        for name, words in (('nic', 'kind af-packet: machines and containers attach to'),
                            ('hd-lan', 'interface of the host itself'),
                            ('web11', 'did you mean web')):
            done = self.attach(name)
            self.assertEqual((done.returncode, done.stdout), (1, ''), name)
            self.assertIn(words, done.stderr)
        done = self.ask('show', 'ports', '--attach')
        self.assertEqual(done.returncode, 2)
        self.assertIn('name it', done.stderr)
        # without --attach it is show ports NAME
        self.assertEqual(self.ask('port', 'show', 'web1').stdout, self.ask('show', 'ports', 'web1').stdout)


if __name__ == '__main__':
    unittest.main()
