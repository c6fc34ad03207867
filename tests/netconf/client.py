# SPDX-License-Identifier: BSD-3-Clause
"""A small NETCONF client on a UNIX socket, which can also misbehave."""
import re
import socket
import xml.etree.ElementTree as ET

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
NC = f"{{{BASE}}}"
CAP = "urn:ietf:params:netconf:base:1."


class Closed(Exception):
    pass


class Client:
    def __init__(self, path, versions=("0", "1"), hello=True, timeout=20, sock=None):
        self.sock = sock or socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        if not sock:
            self.sock.connect(str(path))
        self.buffer, self.chunked, self.next_id = b"", False, 0
        if hello:
            self.hello = ET.fromstring(self.receive())
            caps = "".join(f"<capability>{CAP}{v}</capability>" for v in versions)
            self.send(f'<hello xmlns="{BASE}"><capabilities>{caps}</capabilities></hello>')
            self.chunked = "1" in versions
            self.session = int(self.hello.find(NC + "session-id").text)

    def raw(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def send(self, text):
        data = text.encode()
        self.raw(b"\n#%d\n%s\n##\n" % (len(data), data) if self.chunked else data + b"]]>]]>")

    def more(self):
        data = self.sock.recv(65536)
        if not data:
            raise Closed
        self.buffer += data

    def take(self, n):
        while len(self.buffer) < n:
            self.more()
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def receive(self):
        if not self.chunked:
            while b"]]>]]>" not in self.buffer:
                self.more()
            data, self.buffer = self.buffer.split(b"]]>]]>", 1)
            return data.decode()
        out = b""
        while True:
            while not (m := re.match(rb"\n#(#|\d+)\n", self.buffer)):
                self.more()
            self.buffer = self.buffer[m.end():]
            if m[1] == b"#":
                return out.decode()
            out += self.take(int(m[1]))

    def rpc(self, body, attributes=""):
        """The reply as an element; its text is in .text_of."""
        self.next_id += 1
        self.send(f'<rpc xmlns="{BASE}" message-id="{self.next_id}"{attributes}>{body}</rpc>')
        reply = ET.fromstring(self.receive())
        assert reply.tag == NC + "rpc-reply", reply.tag
        assert reply.get("message-id") == str(self.next_id), reply.attrib
        return reply

    def edit(self, config, operation="replace", test=None):
        option = f"<test-option>{test}</test-option>" if test else ""
        return self.rpc("<edit-config><target><running/></target><default-operation>"
                        f"{operation}</default-operation>{option}<config>{config}</config>"
                        "</edit-config>")

    def close(self):
        self.sock.close()


def ok(reply):
    return reply.find(NC + "ok") is not None


def errors(reply):
    """[(tag, app-tag, path, message)] of a reply."""
    text = lambda e, n: (e.find(NC + n).text if e.find(NC + n) is not None else None)
    return [(text(e, "error-tag"), text(e, "error-app-tag"), text(e, "error-path"),
             text(e, "error-message")) for e in reply.findall(NC + "rpc-error")]
