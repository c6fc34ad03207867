# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of abuse and of limits share."""
import os
import pathlib

from client import BASE, Closed, errors
from common import WRAPPER

SLOW = bool(WRAPPER) or "HEDDLE_TEST_SANITIZER" in os.environ
GONE = (Closed, ConnectionResetError, BrokenPipeError)
HELLO = ('<hello xmlns="%s"><capabilities><capability>urn:ietf:params:netconf:base:1.%%d</capability>'
         '</capabilities></hello>]]>]]>' % BASE)
GET = f'<rpc xmlns="{BASE}" message-id="9"><get-config><source><running/></source></get-config></rpc>'
ROOT = 8 if os.geteuid() == 0 else 0


def framed(text, chunked):
    data = text if isinstance(text, bytes) else text.encode()
    return b"\n#%d\n%s\n##\n" % (len(data), data) if chunked else data + b"]]>]]>"


def rpc(body, attributes='message-id="1"'):
    return f'<rpc xmlns="{BASE}" {attributes}>{body}</rpc>'


def until_end(c):
    """What is sent before the session ends."""
    out = b""
    try:
        while True:
            c.more()
            out, c.buffer = out + c.buffer, b""
    except GONE:
        pass
    out += c.buffer
    c.close()
    return out.decode(errors="replace")


def rss(w):
    status = pathlib.Path(f"/proc/{w.process.pid}/status").read_text()
    return int(next(l for l in status.splitlines() if l.startswith("VmRSS")).split()[1])


def healthy(good):
    assert not errors(good.rpc("<get-config><source><running/></source></get-config>"))
