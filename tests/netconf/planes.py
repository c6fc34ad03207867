# SPDX-License-Identifier: BSD-3-Clause
"""The processes around heddle-mgmt, played by a thread: heddled, heddle-dp and heddle-cp.

They speak the protocol of include/heddle/ and remember what they were told.
"""
import array
import ipaddress
import os
import selectors
import socket
import struct
import subprocess
import threading
import time

HDR = struct.Struct("<HHIIiII")
MAGIC, REQUEST, REPLY, EVENT, MORE = 0x4844, 1, 2, 4, 8
DATA, CONTROL, MGMT, SUPERVISOR = 2, 3, 4, 1


def mid(module, n):
    return module << 16 | n


HELLO, LOG_LEVEL = mid(1, 1), mid(1, 3)
PEER, READY, STOP, PLANE_LIST = mid(2, 1), mid(2, 2), mid(2, 3), mid(2, 4)
OPEN_SHM = mid(3, 5)
BEGIN, PREPARE, COMMIT, ABORT = (mid(0x10, n) for n in (1, 2, 3, 4))
PORT, PORT_LIST, PORT_STATE = (mid(0x11, n) for n in (1, 2, 3))
DOMAIN_LIST = mid(0x12, 4)
FDB_LIST, FDB_CLEAR = mid(0x13, 1), mid(0x13, 2)
DROP_LIST = mid(0x14, 1)
NEIGHBOUR_LIST, NEIGHBOUR_CLEAR = mid(0x18, 1), mid(0x18, 2)
ROUTE_LIST = mid(0x19, 1)
PUNT_CLASS_LIST, PUNT_RULE_LIST, PUNT_LEASE_LIST = (mid(0x1a, n) for n in (10, 11, 12))
GATEWAY = mid(0x25, 1)
CAPTURE_START, CAPTURE_STOP, CAPTURE_ENDED = (mid(0x17, n) for n in (1, 2, 3))


def cstr(text, size):
    return text.encode().ljust(size, b"\0")[:size]


def port_state(name, kind="tap", text="", detail="", port_id=0, up=1, reason=0, mac="", speed=0):
    return struct.pack("<64s16s192s192sQQIHHHBB6s2xI", name.encode(), kind.encode(), text.encode(),
                       detail.encode(), 5 * 10**9, 0, 1, port_id, 1500, 1, up, reason,
                       bytes.fromhex(mac.replace(":", "")), speed)


def address(text):
    """(bytes in 16, family) of an address."""
    ip = ipaddress.ip_address(text)
    return ip.packed.ljust(16, b"\0"), ip.version


class End:
    """Our end of one channel."""

    def __init__(self, world, sock, plane, generation=0):
        self.world, self.sock, self.plane = world, sock, plane
        self.generation, self.pending = generation, 0
        self.greeted = False
        self.brackets, self.objects, self.full = [], {}, None
        self.refuse = None  # text with which the next PREPARE is refused
        self.silent = False  # answers nothing
        self.log_level = None  # that was asked for
        self.fdb = [("office", "web1", "020000000005", 10)]  # segment, port, address, VLAN
        # gateway, address, MAC, state, age, held; VRF, gateway, prefix, kind
        self.neighbours = [("lab-gw", "192.168.56.9", "020000000009", 1, 3, 0)]
        self.routes = [("default", "lab-gw", "192.168.56.0/24", 0)]
        # name, id, counters and rules; key, gateway, class; key, gateway, segment, family, address, resigns
        self.punt_classes, self.punt_rules, self.punt_leases = [("vrrp", 0, (9, 1, 2, 3, 3), 4, 5)], [], []
        self.captures, self.stopped = [], []  # asked for; (id, why) of those that were ended

    def send(self, flags, kind, body=b"", seq=0, status=0, fds=()):
        data = HDR.pack(MAGIC, flags, kind, seq, status, len(body), 0) + body
        anc = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            self.sock.sendmsg([data], anc)
        except OSError:
            pass

    def serve(self):
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            return False
        _, flags, kind, seq, _, length, _ = HDR.unpack_from(data)
        body = data[HDR.size:HDR.size + length]
        if kind == HELLO:
            build = body[16:80]
            self.peer_generation = struct.unpack_from("<Q", body, 8)[0]
            self.send(EVENT, HELLO, struct.pack("<IIQ", 1, self.plane, self.generation) + build)
            self.greeted = True
        elif flags & EVENT:
            self.event(kind, body)
        elif flags & REQUEST and not self.silent:
            self.request(kind, seq, body)
        return True

    def event(self, kind, body):
        if kind == READY:
            self.world.ready.set()
            self.world.ready_text = body[8:].split(b"\0")[0].decode()
        elif kind == LOG_LEVEL:
            self.log_level = struct.unpack_from("<I", body)[0]
        elif self.full is not None:
            key = body[:144].split(b"\0")[0].decode()
            op = struct.unpack_from("<I", body, 144)[0]
            self.bracket.append((op, kind, key))
            if op == 1:
                self.staged[(kind, key)] = body
            else:
                self.staged.pop((kind, key), None)

    def error(self, kind, seq, code, text):
        self.send(REPLY, kind, cstr(text, 256), seq, -code)

    def request(self, kind, seq, body):
        done = lambda rep=b"": self.send(REPLY, kind, rep, seq)
        if kind == BEGIN:
            base, self.next_generation, mode, _ = struct.unpack("<QQII", body)
            if mode == 2 and base != self.generation:
                self.full = None
                self.error(kind, seq, 116, "stale")
                return
            self.full, self.bracket = mode == 1, []
            self.staged = {} if self.full else dict(self.objects)
            done()
        elif kind == PREPARE:
            if self.full is None:
                self.error(kind, seq, 22, "no bracket")
            elif self.refuse:
                self.error(kind, seq, 22, self.refuse)
                self.refuse = None
            else:
                done(struct.pack("<8I", len(self.bracket), 0, 0, 0, 0, 0, 0, 0))
        elif kind == COMMIT:
            self.objects, self.generation = self.staged, self.next_generation
            self.brackets.append((self.full, self.bracket))
            self.full = None
            done(struct.pack("<8I", len(self.bracket), 0, 0, 0, 0, 0, 0, 0))
        elif kind == ABORT:
            self.full = None
            done()
        elif kind == PORT_LIST:
            for n, (_, key) in enumerate(k for k in self.objects if k[0] == PORT):
                self.send(REPLY | MORE, kind, port_state(key, port_id=n), seq)
            done()
        elif kind == DROP_LIST:
            self.send(REPLY | MORE, kind, cstr("bpdu_guard", 32) + cstr("a bridge frame", 160) +
                      struct.pack("<II", 1, 0), seq)
            done()
        elif kind == DOMAIN_LIST:
            self.send(REPLY | MORE, kind, cstr("sw0", 64) + cstr("office", 64) +
                      struct.pack("<IIIHH", 0, 3, 2, 10, 0), seq)
            done()
        elif kind == FDB_LIST:
            self.fdb_filter = body[:136]
            for segment, port, mac, vlan in self.fdb:
                self.send(REPLY | MORE, kind, cstr("sw0", 64) + cstr(segment, 64) + cstr(port, 64) +
                          bytes.fromhex(mac) + struct.pack("<HII", vlan, 7, 0), seq)
            done(struct.pack("<QQQ", 0, 1, 65536))
        elif kind == FDB_CLEAR:
            done(struct.pack("<Q", 3))
        elif kind == NEIGHBOUR_LIST:
            self.asked = body
            for gateway, ip, mac, state, age, held in self.neighbours:
                packed, family = address(ip)
                self.send(REPLY | MORE, kind, cstr(gateway, 64) + packed + bytes.fromhex(mac) +
                          struct.pack("<BBII", family, state, age, held), seq)
            done(struct.pack("<QQQ", 0, len(self.neighbours), 4096))
        elif kind == NEIGHBOUR_CLEAR:
            self.asked = body
            done(struct.pack("<Q", 2))
        elif kind == ROUTE_LIST:
            self.asked = body
            for vrf, gateway, prefix, how in self.routes:
                packed, family = address(prefix.split("/")[0])
                self.send(REPLY | MORE, kind, cstr(vrf, 64) + cstr(gateway, 64) + packed +
                          struct.pack("<BB6xII", family, int(prefix.split("/")[1]), how, 0), seq)
            done(struct.pack("<QQ", 0, len(self.routes)))
        elif kind == PUNT_CLASS_LIST:
            for name, number, counters, waiting, rules in self.punt_classes:
                self.send(REPLY | MORE, kind, cstr(name, 64) + struct.pack("<4I5Q2I", number, 1000, 100, 20,
                          *counters, waiting, rules), seq)
            done(struct.pack("<5Q", 11, 12, len(self.punt_leases), 13, 14))
        elif kind == PUNT_RULE_LIST:
            for key, gateway, number in self.punt_rules:
                self.send(REPLY | MORE, kind, cstr(key, 64) + cstr(gateway, 64) + bytes.fromhex("01005e000012") +
                          struct.pack("<HHBBI", 0x800, 0, 112, number, 3), seq)
            done()
        elif kind == PUNT_LEASE_LIST:
            for key, gateway, segment, family, ip, resigns in self.punt_leases:
                self.send(REPLY | MORE, kind, cstr(key, 64) + cstr(gateway, 64) + cstr(segment, 64) + address(ip)[0] +
                          struct.pack("<BB", family, resigns) + bytes.fromhex("00005e00010a") +
                          struct.pack("<QII", 250, 1, 0), seq)
            done()
        elif kind == PLANE_LIST:
            for plane in (1, 2, 3, 4):
                self.send(REPLY | MORE, kind, struct.pack("<IiIIQQ", plane, 100 + plane, 0, 1,
                          60 * 10**9, 4096) + cstr("", 128) + cstr("", 64), seq)
            done()
        elif kind == CAPTURE_START:
            what, snap, n_ports, n_insns = struct.unpack_from("<IIII", body)
            ports = [body[16 + 64 * i:80 + 64 * i].split(b"\0")[0].decode() for i in range(n_ports)]
            insns = [struct.unpack_from("<HBBI", body, 16 + 64 * 256 + 8 * i) for i in range(n_insns)]
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.captures.append((what, snap, ports, insns, ours))
            self.send(REPLY, kind, struct.pack("<Q", len(self.captures)), seq, fds=[theirs.fileno()])
            theirs.close()
        elif kind == CAPTURE_STOP:
            self.stopped.append((struct.unpack_from("<Q", body)[0],
                                 body[8:].split(b"\0")[0].decode()))
            done()
        elif kind == OPEN_SHM:
            self.error(kind, seq, 11, "not yet")
        else:
            self.error(kind, seq, 38, "no such request")


class World:
    """heddle-mgmt with everything around it. Use as a context manager."""

    def __init__(self, mgmt, config, run_dir, env=None, wrapper=(), planes=(DATA, CONTROL),
                 options=()):
        self.ready, self.ready_text = threading.Event(), ""
        self.selector, self.lock = selectors.DefaultSelector(), threading.RLock()
        self.ends = {}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(theirs.fileno(), True)
        environ = dict(os.environ, HEDDLE_SUPERVISOR_FD=str(theirs.fileno()), **(env or {}))
        self.process = subprocess.Popen(
            [*wrapper, str(mgmt), *(("-c", str(config)) if config else ()),
             "--run-dir", str(run_dir), *options], env=environ,
            pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True)
        theirs.close()
        self.log = []
        self.wake = socket.socketpair()
        self.selector.register(self.wake[0], selectors.EVENT_READ, None)
        self.supervisor = self.add(ours, SUPERVISOR)
        self.running = True
        self.threads = [threading.Thread(target=self.loop, daemon=True),
                        threading.Thread(target=self.read_log, daemon=True)]
        for thread in self.threads:
            thread.start()
        # heddle-mgmt may end before it says hello: some tests want that.
        while not self.supervisor.greeted and self.process.poll() is None:
            time.sleep(0.002)
        for plane in planes:
            self.start_plane(plane)

    def add(self, sock, plane, generation=0):
        end = End(self, sock, plane, generation)
        with self.lock:
            self.ends[plane] = end
            self.selector.register(sock, selectors.EVENT_READ, end)
        self.wake[1].send(b"x")
        return end

    def start_plane(self, plane, generation=0):
        """A plane starts (again): both get an end of a new pair."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        end = self.add(ours, plane, generation)
        self.supervisor.send(EVENT, PEER, struct.pack("<II", plane, 0), fds=[theirs.fileno()])
        theirs.close()
        return end

    def kill_plane(self, plane):
        with self.lock:
            end = self.ends.pop(plane)
            self.selector.unregister(end.sock)
            end.sock.close()

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def loop(self):
        while self.running:
            for key, _ in self.selector.select(1):
                with self.lock:
                    if key.data is None:
                        key.fileobj.recv(64)
                    elif key.fileobj.fileno() >= 0 and not key.data.serve():
                        self.selector.unregister(key.fileobj)

    def wait(self, what, condition, timeout=30):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            with self.lock:
                if condition():
                    return
            time.sleep(0.005)  # the condition is another process's; there is nothing to block on
        raise AssertionError(f"{what}: did not happen in {timeout} s\n{''.join(self.log)}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.supervisor.send(EVENT, STOP)
        try:
            self.status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.status = self.process.wait()
        self.running = False
        self.wake[1].send(b"x")
        for thread in self.threads:
            thread.join(5)
        self.process.stderr.close()
        for end in list(self.ends.values()):
            end.sock.close()
        self.selector.close()
        for sock in self.wake:
            sock.close()
