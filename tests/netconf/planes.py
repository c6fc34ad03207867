# SPDX-License-Identifier: BSD-3-Clause
"""The processes around heddle-mgmt, played by a thread: heddled, heddle-dp and heddle-cp.

They speak the protocol of include/heddle/ and remember what they were told.
"""
import array
import ctypes
import errno
import ipaddress
import os
import selectors
import socket
import subprocess
import threading
import time

import api

MAGIC = 0x4844
REQUEST, REPLY, EVENT, MORE = api.MSG_F_REQUEST, api.MSG_F_REPLY, api.MSG_F_EVENT, api.MSG_F_MORE
SUPERVISOR, DATA, CONTROL, MGMT = (
    api.PLANE_SUPERVISOR, api.PLANE_DATA, api.PLANE_CONTROL, api.PLANE_MGMT)
PORT, PORT_STATE, GATEWAY, MAC_EVENT, CAPTURE_ENDED = (
    m.id for m in (api.PORT, api.PORT_STATE, api.GATEWAY, api.MAC_EVENT, api.CAPTURE_ENDED))


def port_values(name, kind="tap", text="", detail="", port_id=0, up=1, reason=0, mac="", speed=0):
    return {"name": name, "kind": kind, "text": text, "detail": detail, "changed_ns": 5 * 10**9,
            "generation": 1, "id": port_id, "mtu": 1500, "queues": 1, "up": up, "reason": reason,
            "mac": bytes.fromhex(mac.replace(":", "")), "speed": speed}


def port_state(name, *values, **more):
    return api.port_state(**port_values(name, *values, **more))


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
        self.fds = []  # that go with the next reply
        self.log_level = None  # that was asked for
        self.fdb = [("office", "web1", "020000000005", 10)]  # segment, port, address, VLAN
        # gateway, address, MAC, state, age, held; VRF, gateway, prefix, kind
        self.neighbours = [("lab-gw", "192.168.56.9", "020000000009", 1, 3, 0)]
        self.routes = [("default", "lab-gw", "192.168.56.0/24", 0)]
        # name, id, counters and rules; key, gateway, class; key, gateway, segment, family, address, resigns
        self.punt_classes, self.punt_rules, self.punt_leases = [("vrrp", 0, (9, 1, 2, 3, 3), 4, 5)], [], []
        self.captures, self.stopped = [], []  # asked for; (id, why) of those that were ended

    def send(self, flags, kind, body=b"", seq=0, status=0, fds=()):
        body = bytes(body)
        data = bytes(api.msg_hdr(magic=MAGIC, flags=flags, type=kind, seq=seq, status=status,
                                 len=len(body))) + body
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
        head = api.msg_hdr.read(data)
        body = data[ctypes.sizeof(head):][:head.len]
        if head.type == api.HELLO.id:
            hello = api.hello.read(body)
            self.peer_generation = hello.generation
            self.send(EVENT, head.type, api.hello(version=1, plane=self.plane, generation=self.generation,
                                                  build=hello.build))
            self.greeted = True
        elif head.flags & EVENT:
            self.event(head.type, body)
        elif head.flags & REQUEST and not self.silent:
            self.request(head.type, head.seq, body)
        return True

    def event(self, kind, body):
        if kind == api.PLANE_READY.id:
            self.world.ready.set()
            self.world.ready_text = api.plane_ready.read(body).text.decode()
        elif kind == api.LOG_LEVEL.id:
            self.log_level = api.log_level_msg.read(body).level
        elif self.full is not None:
            head = api.object.read(body)
            key = head.key.decode()
            self.bracket.append((head.op, kind, key))
            if head.op == api.OBJECT_SET:
                self.staged[(kind, key)] = body
            else:
                self.staged.pop((kind, key), None)

    def error(self, kind, seq, code, text):
        self.send(REPLY, kind, api.msg_error(text=text), seq, -code)

    def request(self, kind, seq, body):
        handler = self.HANDLERS.get(kind)
        if handler is None:
            self.error(kind, seq, errno.ENOSYS, "no such request")
            return
        message = api.MESSAGES[kind]
        reply = handler(self, message.request.read(body),
                        lambda **values: self.send(REPLY | MORE, kind, message.item(**values), seq))
        if isinstance(reply, tuple):
            self.error(kind, seq, *reply)
        else:
            self.send(REPLY, kind, message.reply() if reply is None else reply, seq, fds=self.fds)
        while self.fds:
            os.close(self.fds.pop())

    def begin(self, asked, item):
        if asked.mode == api.CONFIG_DELTA and asked.base != self.generation:
            self.full = None
            return errno.ESTALE, "stale"
        self.next_generation = asked.generation
        self.full, self.bracket = asked.mode == api.CONFIG_FULL, []
        self.staged = {} if self.full else dict(self.objects)

    def prepare(self, asked, item):
        if self.full is None:
            return errno.EINVAL, "no bracket"
        if self.refuse:
            refusal, self.refuse = self.refuse, None
            return errno.EINVAL, refusal
        return api.config_result(added=len(self.bracket))

    def commit(self, asked, item):
        self.objects, self.generation = self.staged, self.next_generation
        self.brackets.append((self.full, self.bracket))
        self.full = None
        return api.config_result(added=len(self.bracket))

    def abort(self, asked, item):
        self.full = None

    def list_ports(self, asked, item):
        for n, (_, key) in enumerate(k for k in self.objects if k[0] == PORT):
            item(**port_values(key, port_id=n))

    def list_drops(self, asked, item):
        item(name="bpdu_guard", text="a bridge frame", ingress=1)

    def list_domains(self, asked, item):
        item(switch_name="sw0", segment="office", members=3, macs=2, vlan=10)

    def list_fdb(self, asked, item):
        self.asked = asked
        for segment, port, mac, vlan in self.fdb:
            item(switch_name="sw0", segment=segment, port=port, mac=bytes.fromhex(mac), vlan=vlan, age_s=7)
        return api.fdb_list_end(entries=1, capacity=65536)

    def clear_fdb(self, asked, item):
        return api.fdb_cleared(entries=3)

    def list_neighbours(self, asked, item):
        self.asked = asked
        for gateway, ip, mac, state, age, held in self.neighbours:
            packed, family = address(ip)
            item(gateway=gateway, addr=packed, family=family, mac=bytes.fromhex(mac), state=state,
                 age_s=age, held=held)
        return api.neighbour_list_end(entries=len(self.neighbours), capacity=4096)

    def clear_neighbours(self, asked, item):
        self.asked = asked
        return api.neighbour_cleared(entries=2)

    def list_routes(self, asked, item):
        self.asked = asked
        for vrf, gateway, prefix, how in self.routes:
            packed, family = address(prefix.split("/")[0])
            item(vrf=vrf, gateway=gateway, kind=how, prefix=api.ip_prefix(
                addr=packed, family=family, length=int(prefix.split("/")[1])))
        return api.route_list_end(entries=len(self.routes))

    def list_punt_classes(self, asked, item):
        for name, number, counters, waiting, rules in self.punt_classes:
            item(config=api.punt_class(name=name, id=number, rate=1000, port_rate=100, burst=20),
                 **dict(zip(("matched", "policed", "full", "unusable", "sent"), counters)),
                 waiting=waiting, rules=rules)
        return api.punt_totals(injected=11, inject_refused=12, leases=len(self.punt_leases),
                               leases_expired=13, resigned=14)

    def list_punt_rules(self, asked, item):
        for key, gateway, number in self.punt_rules:
            item(key=key, gateway=gateway, dst=bytes.fromhex("01005e000012"), ethertype=0x800,
                 protocol=112, class_id=number, flags=api.PUNT_DST | api.PUNT_PROTOCOL)

    def list_punt_leases(self, asked, item):
        for key, gateway, segment, family, ip, resigns in self.punt_leases:
            item(key=key, gateway=gateway, segment=segment, addr=address(ip)[0], family=family,
                 resigning=resigns, mac=bytes.fromhex("00005e00010a"), left_ms=250, resign=1)

    def list_planes(self, asked, item):
        for plane in (SUPERVISOR, DATA, CONTROL, MGMT):
            item(plane=plane, pid=100 + plane, ready=1, uptime_ns=60 * 10**9, rss_bytes=4096)

    def start_capture(self, asked, item):
        ports = [port.value.decode() for port in asked.port[:asked.n_ports]]
        insns = [(i.code, i.jt, i.jf, i.k) for i in asked.insn[:asked.n_insns]]
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.captures.append((asked.what, asked.snap, ports, insns, ours))
        self.fds.append(theirs.detach())
        return api.capture_started(id=len(self.captures))

    def stop_capture(self, asked, item):
        self.stopped.append((asked.id, asked.text.decode()))

    def open_shm(self, asked, item):
        return errno.EAGAIN, "not yet"

    # What a method returns is the reply; None is an empty one; (errno, text) is a refusal.
    HANDLERS = {message.id: method for message, method in (
        (api.CONFIG_BEGIN, begin), (api.CONFIG_PREPARE, prepare), (api.CONFIG_COMMIT, commit),
        (api.CONFIG_ABORT, abort), (api.PORT_LIST, list_ports), (api.DROP_LIST, list_drops),
        (api.DOMAIN_LIST, list_domains), (api.FDB_LIST, list_fdb), (api.FDB_CLEAR, clear_fdb),
        (api.NEIGHBOUR_LIST, list_neighbours), (api.NEIGHBOUR_CLEAR, clear_neighbours),
        (api.ROUTE_LIST, list_routes), (api.PUNT_CLASS_LIST, list_punt_classes),
        (api.PUNT_RULE_LIST, list_punt_rules), (api.PUNT_LEASE_LIST, list_punt_leases),
        (api.PLANE_LIST, list_planes), (api.CAPTURE_START, start_capture),
        (api.CAPTURE_STOP, stop_capture), (api.OPEN_SHM, open_shm))}


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
        self.supervisor.send(EVENT, api.PEER.id, api.peer(plane=plane), fds=[theirs.fileno()])
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
            self.supervisor.send(EVENT, api.PLANE_STOP.id)
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
