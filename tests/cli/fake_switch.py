# SPDX-License-Identifier: BSD-3-Clause
"""A NETCONF server with answers of a test's making: what the heddle command is tested against."""
import os
import re
import socket
import threading

NC = 'urn:ietf:params:xml:ns:netconf:base:1.0'
HELLO = (f'<hello xmlns="{NC}"><capabilities><capability>urn:ietf:params:netconf:base:1.0'
         '</capability><capability>urn:ietf:params:netconf:base:1.1</capability></capabilities>'
         '<session-id>1</session-id></hello>]]>]]>')


class FakeSwitch:
    """Listens on DIR/netconf.sock. answer(request) returns what goes into <rpc-reply>; None hangs up."""

    def __init__(self, run_dir, answer, hello=HELLO, chunk=1000):
        self.answer, self.hello, self.chunk = answer, hello, chunk
        self.requests = []
        self.conns = []
        self.path = os.path.join(run_dir, 'netconf.sock')
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(self.path)
        self.sock.listen(5)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        for conn in self.conns:
            try:
                conn.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was over
        self.thread.join()
        os.unlink(self.path)

    def serve(self):
        while True:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            self.conns.append(conn)
            threading.Thread(target=self.serve_one, args=(conn,), daemon=True).start()

    def serve_one(self, conn):
        with conn:
            try:
                self.session(conn)
            except (BrokenPipeError, ConnectionResetError):
                pass

    def session(self, conn):
        conn.sendall(self.hello.encode())
        data = b''
        while b']]>]]>' not in data:
            got = conn.recv(65536)
            if not got:
                return
            data += got
        data = data.split(b']]>]]>', 1)[1]
        while True:
            while b'\n##\n' not in data:
                got = conn.recv(65536)
                if not got:
                    return
                data += got
            frame, data = data.split(b'\n##\n', 1)
            request = re.sub(rb'\n#\d+\n', b'', frame).decode()
            if '<close-session' in request:
                return
            self.requests.append(request)
            answer = self.answer(request)
            if answer is None:
                return
            message_id = re.search(r'message-id="(\d+)"', request).group(1)
            reply = f'<rpc-reply xmlns="{NC}" message-id="{message_id}">{answer}</rpc-reply>'.encode()
            out = b''
            for i in range(0, len(reply), self.chunk):
                piece = reply[i:i + self.chunk]
                out += b'\n#%d\n%s' % (len(piece), piece)
            conn.sendall(out + b'\n##\n')


IF = 'xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"'
PORT = 'xmlns="urn:heddle:yang:heddle-port"'


def interface(name, kind='tap', vlans='<access>office</access>', state='up', text='', rx=0, tx=0,
              drops=(), role='vm', more=''):
    drop = ''.join(f'<drop><reason>{r}</reason><direction>{d}</direction><packets>{n}</packets></drop>'
                   for r, d, n in drops)
    oper = 'up' if state == 'up' else 'down'
    return (f'<interface><name>{name}</name><type xmlns:k="urn:heddle:yang:heddle-{kind}">k:{kind}</type>'
            f'<oper-status>{oper}</oper-status><last-change>2026-11-20T19:00:00Z</last-change>'
            f'<statistics><in-octets>{rx * 100}</in-octets><out-octets>{tx * 100}</out-octets>'
            f'<in-multicast-pkts>3</in-multicast-pkts><out-broadcast-pkts>4</out-broadcast-pkts></statistics>'
            f'<port {PORT}><switch>sw0</switch>{vlans}<state><role>{role}</role><reason>{state}</reason>'
            f'<text>{text}</text><detail>1 queue</detail><flaps>2</flaps><segment>office</segment>'
            f'<counters><in-packets>{rx}</in-packets><admitted>{rx}</admitted><offered>{tx}</offered>'
            f'<out-packets>{tx}</out-packets><segmented>0</segmented></counters>{drop}</state></port>{more}'
            '</interface>')


SWITCHES = ('<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>sw0</name>'
            '<segment><name>office</name><vlan>10</vlan><bridged><uplink>eth1</uplink></bridged>'
            '<state><vlan>10</vlan><member>eth1</member><member>web1</member><macs>7</macs></state></segment>'
            '<segment><name>lab</name><host-only/><host-interface><name>hd-lab</name>'
            '<address>192.168.56.1/24</address></host-interface><state><vlan>4094</vlan><macs>0</macs></state>'
            '</segment><state><macs>7</macs><vlan><id>10</id><segment>office</segment><member>web1</member>'
            '<macs>7</macs></vlan></state></switch></switches>')

SYSTEM = ('<system xmlns="urn:heddle:yang:heddle-system"><version>9.9</version><build>other</build>'
          '<generation>12</generation><configured>2026-11-20T19:00:00Z</configured>'
          '<plane><name>supervisor</name><pid>10</pid><ready>true</ready><connected>true</connected>'
          '<restarts>0</restarts><uptime>3700</uptime><memory>5000000</memory></plane>'
          '<plane><name>control</name><ready>false</ready><connected>false</connected><restarts>3</restarts>'
          '<uptime>2</uptime><last-exit>killed by signal 9</last-exit></plane>'
          '<drop-reason><name>vlan_tagged</name><direction>in</direction><text>a tag on an access port: '
          'set trunk, or take the tag off in the guest</text></drop-reason>'
          '<drop-reason><name>tx_full</name><direction>out</direction><text>the peer does not take its '
          'packets fast enough</text></drop-reason></system>')


def data(request, interfaces):
    """The answer to <get> and <get-config>: what the subtree filter names."""
    out = ''
    if 'interfaces' in request or '<get-config>' in request:
        out += f'<interfaces {IF}>{"".join(interfaces)}</interfaces>'
    if '<switches' in request or '<get-config>' in request:
        out += SWITCHES
    if '<system' in request:
        out += SYSTEM
    return f'<data>{out}</data>'
