#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Random sequences of operations on the datastores against a model of them.

Sessions edit, commit, confirm, cancel, roll back, copy and leave; planes refuse, and heddle-mgmt is
killed and started again. After each step each datastore, and what the planes hold, is what the model
says. 150 steps, 3000 in the long form.

	random_test.py HEDDLE_MGMT CONFIGS [NAME ...]

RANDOM_SEED=N repeats a run.
"""
import os
import random
import sys

from client import Client, errors, ok
from common import SWITCH, main, test
from datastores import HC, HP, IF, NMDA, TAP, changes, commit, edit, hport, iface, ifs, op, transient
from killed import SLOW, Switch, history, until
from planes import DATA, PORT

LONG = bool(os.environ.get("HEDDLE_TEST_LONG"))
SEED = int(os.environ.get("RANDOM_SEED") or random.randrange(10**6))
STEPS = int(os.environ.get("RANDOM_STEPS") or (3000 if LONG else 150))
NAMES = [f"p{n}" for n in range(5)]
SEGMENTS = SWITCH.format("".join(f"<segment><name>{s}</name><vlan>{n}</vlan><host-only/></segment>"
                                 for n, s in ((1, "a"), (2, "b"))))

SAVE = "<copy-config><target><startup/></target><source><running/></source></copy-config>"


class Overlay:
    """A candidate: units that differ from running."""

    def __init__(self):
        self.units, self.foreign = {}, set()

    def view(self, running):
        view = {**running, **self.units}
        return {n: v for n, v in view.items() if v is not None}

    def take(self, running, view):
        """Makes the candidate @view."""
        for name in NAMES:
            if view.get(name) == running.get(name):
                self.forget(name)
            else:
                self.units[name] = view.get(name)

    def forget(self, name):
        self.units.pop(name, None)
        self.foreign.discard(name)

    def clear(self):
        self.units, self.foreign = {}, set()


class Model:
    def __init__(self):
        self.running, self.startup, self.transient = {}, {}, {}
        self.candidate, self.private = Overlay(), {}
        self.past = []  # what ran before, the newest first
        self.locks = {}  # datastore: session
        self.pending = None  # who, token, undo, save

    def overlay(self, who):
        return self.private.get(who, self.candidate)

    def view(self, who):
        return self.overlay(who).view(self.running)

    def is_theirs(self, who, token=None):
        if not self.pending:
            return token is None
        owner, theirs, _, _ = self.pending
        return token == theirs if theirs else token is None and owner == who

    def unlocked(self, ds, who):
        if ds == "candidate" and who in self.private:
            return True
        return self.locks.get(ds, who) == who

    def clashes(self, units):
        return any(v is not None and n in self.transient for n, v in units.items())

    def become(self, running, mine=None):
        """Running is another now: the other candidates follow."""
        changed = [n for n in NAMES if running.get(n) != self.running.get(n)]
        if changed:
            self.past.insert(0, self.running)
        if self.pending:
            for name in changed:
                self.pending[2].setdefault(name, self.running.get(name))
        self.running = running
        for ov in [self.candidate, *self.private.values()]:
            for name in changed:
                if ov is mine or name not in ov.units:
                    continue
                if ov.units[name] == running.get(name):
                    ov.forget(name)
                else:
                    ov.foreign.add(name)

    def revert(self):
        undo, self.pending = self.pending[2], None
        view = {**self.running, **undo}
        self.become({n: v for n, v in view.items() if v is not None})

    def leave(self, who):
        self.private.pop(who, None)
        if self.locks.get("candidate") == who:
            self.candidate.clear()
        self.locks = {ds: s for ds, s in self.locks.items() if s != who}
        if self.pending and not self.pending[1] and self.pending[0] == who:
            self.revert()


def port_xml(name, value, operation=""):
    access, text = value
    text = f"<description>{text}</description>" if text else ""
    return iface(name, text + TAP + hport(f"<switch>sw0</switch><access>{access}</access>"), operation)


def ports_of(element):
    found = {}
    for i in element.iter(f"{{{IF}}}interface"):
        access = next(i.iter(f"{{{HP}}}access"), None)
        found[i.findtext(f"{{{IF}}}name")] = (access.text if access is not None else None,
                                              i.findtext(f"{{{IF}}}description"))
    return found


class Walk:
    """The switch, its sessions and the model, step by step."""

    def __init__(self, switch, rnd):
        self.switch, self.rnd, self.model = switch, rnd, Model()
        self.sessions, self.tokens, self.trace = [], 0, []
        self.refusing = False

    def session(self):
        if len(self.sessions) < 3 or (len(self.sessions) < 4 and self.rnd.random() < 0.1):
            self.sessions.append(Client(self.switch.path, timeout=30 * SLOW))
        return self.rnd.choice(self.sessions)

    def value(self):
        return self.rnd.choice("ab"), self.rnd.choice((None, None, "x", "a \"b\" &lt;&amp;", "  s  "))

    def say(self, *what):
        self.trace.append(" ".join(str(w) for w in what))

    def settle(self, reply, expected):
        """Was it done, as the model says?"""
        done = not errors(reply)
        self.trace[-1] += " -> " + ("ok" if done else str(errors(reply)[0]))
        assert done == expected, f"{'done' if done else errors(reply)}, which it should not be"
        return done

    def planes(self, changes):
        """Whether the planes take what @changes; a refusal is for the next one that asks them."""
        if changes and self.rnd.random() < 0.1:
            with self.switch.world.lock:
                self.switch.world.ends[DATA].refuse = "no room"
            self.trace[-1] += " (refused)"
            return False
        return True

    # Steps

    def random_edit(self, view):
        """XML, and what it makes of @view (None: an error)."""
        view, parts, right = dict(view), [], True
        for name in self.rnd.sample(NAMES, self.rnd.randrange(1, 4)):
            operation = self.rnd.choice(("merge", "merge", "replace", "create", "delete", "remove"))
            value, old = self.value(), view.get(name)
            if operation in ("delete", "remove"):
                right &= operation == "remove" or old is not None
                parts.append(iface(name, op=operation))
                view.pop(name, None)
                continue
            right &= operation != "create" or old is None
            parts.append(port_xml(name, value, operation))
            if operation == "merge" and old:
                value = (value[0], value[1] or old[1])
            view[name] = (value[0], (value[1] or "").replace("&lt;", "<").replace("&amp;", "&") or None)
        if self.rnd.random() < 0.1:
            parts.append(iface("p9", TAP + hport("<switch>sw0</switch><access>a</access><mtu>x</mtu>")))
            right = False
        self.say("   ", *parts)
        return ifs(*parts), view if right else None

    def edit_candidate(self):
        c, m = self.session(), self.model
        self.say("edit candidate", c.session)
        config, view = self.random_edit(m.view(c.session))
        test_option = self.rnd.choice((None, None, "set", "test-only"))
        right = view is not None and m.unlocked("candidate", c.session)
        if test_option == "test-only" and right:
            units = Overlay()
            units.take(m.running, view)
        self.trace[-1] += f" {test_option}"
        if self.settle(edit(c, config, test=test_option), right) and test_option != "test-only":
            m.overlay(c.session).take(m.running, view)

    def edit_running(self):
        c, m = self.session(), self.model
        self.say("edit running", c.session)
        config, view = self.random_edit(m.running)
        units = {n: (view or {}).get(n) for n in NAMES if (view or {}).get(n) != m.running.get(n)}
        right = (view is not None and self.may_commit(c.session) and m.is_theirs(c.session) and
                 not m.clashes(units))
        right = right and self.planes(True)
        if self.settle(edit(c, config, target="running"), right):
            m.become(view)

    def may_commit(self, who):
        locks = self.model.locks
        return locks.get("running", locks.get("opened", who)) == who

    def commit(self):
        c, m = self.session(), self.model
        ov = m.overlay(c.session)
        body, token = "", None
        confirmed, save = self.rnd.random() < 0.3, self.rnd.random() < 0.2
        if m.pending and m.pending[1] and self.rnd.random() < 0.8:
            token = m.pending[1]
            body += f"<persist-id>{token}</persist-id>"
        if confirmed:
            body = "<confirmed/><confirm-timeout>3000</confirm-timeout>" + body
            if self.rnd.random() < 0.4:
                self.tokens += 1
                body += f"<persist>token{self.tokens}</persist>"
        if save:
            body += f'<save xmlns="{HC}"/>'
        self.say("commit", c.session, "private" if c.session in m.private else "shared", body)
        right = (self.may_commit(c.session) and m.is_theirs(c.session, token) and
                 m.unlocked("candidate", c.session) and not m.clashes(ov.units) and
                 not (ov is not m.candidate and ov.foreign & set(ov.units)) and
                 (not (save or (m.pending and m.pending[3] and not confirmed)) or
                  m.unlocked("startup", c.session)))
        right = right and self.planes(bool(ov.units))
        if not self.settle(commit(c, body), right):
            return
        changed = bool(ov.units)
        was = m.pending
        if (confirmed or was) and not changed:
            m.past.insert(0, m.running)
        if confirmed:
            undo = was[2] if was else {}
            m.pending = (c.session, f"token{self.tokens}" if "<persist>" in body else None, undo,
                         save or bool(was and was[3]))
        view = m.view(c.session)
        if was and not confirmed:
            save |= was[3]
            m.pending = None
        m.become(view, ov)
        ov.clear()
        if save and not confirmed:
            m.startup = dict(m.running)

    def cancel(self):
        c, m = self.session(), self.model
        token = m.pending[1] if m.pending and self.rnd.random() < 0.8 else None
        body = f"<cancel-commit><persist-id>{token}</persist-id></cancel-commit>" if token else \
            "<cancel-commit/>"
        self.say("cancel", c.session, body)
        if self.settle(c.rpc(body), bool(m.pending) and m.is_theirs(c.session, token)):
            m.revert()

    def discard(self):
        c, m = self.session(), self.model
        self.say("discard", c.session)
        if self.settle(c.rpc("<discard-changes/>"), m.unlocked("candidate", c.session)):
            m.overlay(c.session).clear()

    def rollback(self):
        c, m = self.session(), self.model
        index = self.rnd.randrange(0, min(len(m.past), 12) + 1)
        if self.rnd.random() < 0.1:
            index = 5000
        self.say("rollback", c.session, index)
        right = m.unlocked("candidate", c.session) and index < 5000
        if self.settle(op(c, "rollback", f"<index>{index}</index>"), right):
            ov = m.overlay(c.session)
            ov.clear()
            ov.take(m.running, ([m.running] + m.past)[index])

    def open_private(self):
        c, m = self.session(), self.model
        self.say("open", c.session)
        right = c.session not in m.private and m.locks.get("opened") is None
        if self.settle(op(c, "open-configuration", "<mode>private</mode>"), right):
            m.private[c.session] = Overlay()

    def open_exclusive(self):
        c, m = self.session(), self.model
        self.say("open exclusive", c.session)
        right = (c.session not in m.private and "candidate" not in m.locks and
                 not m.candidate.units)
        if self.settle(op(c, "open-configuration", "<mode>exclusive</mode>"), right):
            m.locks["candidate"] = m.locks["opened"] = c.session

    def close(self):
        c, m = self.session(), self.model
        self.say("close", c.session)
        self.settle(op(c, "close-configuration"), True)
        if c.session in m.private:
            del m.private[c.session]
        elif m.locks.get("opened") == c.session:
            del m.locks["opened"], m.locks["candidate"]
            m.candidate.clear()

    def lock(self):
        c, m = self.session(), self.model
        ds = self.rnd.choice(("running", "candidate", "startup"))
        self.say("lock", c.session, ds)
        right = ds not in m.locks and (
            not m.candidate.units if ds == "candidate" else
            not m.pending or m.pending[0] == c.session if ds == "running" else True)
        if self.settle(c.rpc(f"<lock><target><{ds}/></target></lock>"), right):
            m.locks[ds] = c.session

    def unlock(self):
        c, m = self.session(), self.model
        ds = self.rnd.choice(sorted(set(m.locks) - {"opened"}) or ["running"])
        self.say("unlock", c.session, ds)
        right = m.locks.get(ds) == c.session
        if self.settle(c.rpc(f"<unlock><target><{ds}/></target></unlock>"), right):
            del m.locks[ds]
            if ds == "candidate":
                m.locks.pop("opened", None)
                m.candidate.clear()

    def save(self):
        c, m = self.session(), self.model
        self.say("copy running to startup", c.session)
        if self.settle(c.rpc(SAVE), m.unlocked("startup", c.session)):
            m.startup = dict(m.running)

    def load(self):
        c, m = self.session(), self.model
        source = self.rnd.choice(("startup", "running"))
        self.say("copy to candidate", c.session, source)
        body = f"<copy-config><target><candidate/></target><source><{source}/></source></copy-config>"
        if self.settle(c.rpc(body), m.unlocked("candidate", c.session)):
            m.overlay(c.session).take(m.running, getattr(m, source))

    def edit_transient(self):
        c, m = self.session(), self.model
        name = self.rnd.choice(NAMES[:2] + ["t0", "t1", "t2"])
        self.say("transient", c.session, name)
        if self.rnd.random() < 0.5:
            value = (self.rnd.choice("ab"), None)
            right = name not in m.running and self.planes(m.transient.get(name) != value)
            if self.settle(transient(c, ifs(port_xml(name, value, "replace"))), right):
                m.transient[name] = value
        else:
            self.trace[-1] += " remove"
            right = name not in m.transient or self.planes(True)
            if self.settle(transient(c, ifs(iface(name, op="remove"))), right):
                m.transient.pop(name, None)

    def leave(self):
        c = self.session()
        self.say("leave", c.session)
        self.sessions.remove(c)
        c.close()
        self.model.leave(c.session)
        self.wait_gone(c.session)

    def wait_gone(self, session):
        """The session is seen to be gone, and what waited for its end is done."""
        c, m = self.sessions[0] if self.sessions else self.session(), self.model
        until(lambda: self.get_pending(c) == bool(m.pending) and not self.is_alive(c, session),
              f"the end of session {session}", 10 * SLOW)

    def is_alive(self, c, session):
        filt = ('<netconf-state xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">'
                '<sessions/></netconf-state>')
        reply = c.rpc(f"<get><filter>{filt}</filter></get>")
        ns = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
        return str(session) in [e.text for e in reply.iter(f"{{{ns}}}session-id")]

    def restart(self):
        """Killed, and started again."""
        m = self.model
        self.say("restart")
        for c in self.sessions:
            c.close()
        self.sessions = []
        with self.switch.world.lock:
            self.switch.world.ends[DATA].refuse = None
        self.switch.kill()
        self.switch.gone()
        self.switch.start()
        m.candidate.clear()
        m.private, m.locks = {}, {}
        if m.pending and not m.pending[1]:
            m.revert()
        self.wait_gone(0)

    # What is there

    def get(self, c, source):
        reply = c.rpc(f"<get-config><source><{source}/></source></get-config>")
        assert not errors(reply), errors(reply)
        return reply

    def get_pending(self, c):
        reply = c.rpc(f'<get><filter><configuration-state xmlns="{HC}"/></filter></get>')
        return next(reply.iter(f"{{{HC}}}confirmed-commit"), None) is not None

    def check(self):
        m = self.model
        for c in self.sessions:
            self.check_changes(c)
            assert ports_of(self.get(c, "candidate")) == m.view(c.session), \
                f"candidate of {c.session}: {ports_of(self.get(c, 'candidate'))}, not {m.view(c.session)}"
        c = self.session()
        assert ports_of(self.get(c, "running")) == m.running, \
            f"running: {ports_of(self.get(c, 'running'))}, not {m.running}"
        assert ports_of(self.get(c, "startup")) == m.startup, \
            f"startup: {ports_of(self.get(c, 'startup'))}, not {m.startup}"
        reply = c.rpc(f'<get-data xmlns="{NMDA}"><datastore xmlns:hc="{HC}">hc:transient</datastore>'
                      "</get-data>")
        assert ports_of(reply) == m.transient, f"transient: {ports_of(reply)}, not {m.transient}"
        assert self.get_pending(c) == bool(m.pending), f"pending: {m.pending}"
        _, objects = self.switch.in_step()
        held = sorted(k[1] for k in objects[DATA] if k[0] == PORT)
        assert held == sorted({**m.running, **m.transient}), f"the planes hold {held}"
        if self.rnd.random() < 0.1:
            self.check_history(c)

    def check_changes(self, c):
        m, ov = self.model, self.model.overlay(c.session)
        told = {path.partition("'")[2][:2]: kind for path, kind in changes(c).items()}
        expected = {n: "delete" if v is None else "modify" if n in m.running else "create"
                    for n, v in ov.units.items()}
        assert told == expected, f"changes of {c.session}: {told}, not {expected}"

    def check_history(self, c):
        m = self.model
        entries = history(c)
        # Those before the first step are one or two: a boot, and the segments.
        assert min(len(entries), 50) == min(len(m.past) + 2, 50), f"{len(entries)} in the history"
        index = self.rnd.randrange(0, min(len(m.past), 12) + 1)
        reply = op(c, "get-history-config", f"<index>{index}</index>")
        then = ([m.running] + m.past)[index]
        assert ports_of(reply) == then, f"history {index}: {ports_of(reply)}, not {then}"

    def run(self, steps):
        kinds = [(12, self.edit_candidate), (4, self.edit_running), (8, self.commit), (2, self.cancel),
                 (1, self.discard), (3, self.rollback), (2, self.open_private), (2, self.close),
                 (0.5, self.open_exclusive), (0.7, self.lock), (2.5, self.unlock), (1, self.save),
                 (1, self.load), (4, self.edit_transient), (1, self.leave), (0.4, self.restart)]
        for n in range(steps):
            step = self.rnd.choices([k[1] for k in kinds], [k[0] for k in kinds])[0]
            try:
                step()
                with self.switch.world.lock:
                    self.switch.world.ends[DATA].refuse = None
                self.check()
            except Exception:
                print(f"     step {n}:", *self.trace[-40:], sep="\n     ", file=sys.stderr)
                raise


@test
def random_steps():
    print(f"     RANDOM_SEED={SEED}, {STEPS} steps")
    with Switch() as switch:
        walk = Walk(switch, random.Random(SEED))
        first = walk.session()
        assert ok(edit(first, SEGMENTS, target="running"))
        assert ok(first.rpc(SAVE))
        walk.run(STEPS)
        for c in walk.sessions:
            c.close()
        switch.stop()


if __name__ == "__main__":
    sys.exit(main())
