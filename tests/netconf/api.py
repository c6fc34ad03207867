# SPDX-License-Identifier: BSD-3-Clause
"""The messages between the planes, for tests in Python: read from the C headers in include/heddle/.

A struct hd_x is the class x: x(name="p1", mac=bytes(6)) makes one, bytes(it) is what is sent, and
x.read(body) reads one. A message HD_X is X: X.id, and the classes X.request, X.reply, X.item (of a
stream) and X.body (of an event or an object), each of them None if the message has none.
"""
import ctypes
import operator
import pathlib
import subprocess
import types

from pycparser import CParser, c_ast

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
BASIC = {"char": ctypes.c_char, "int8_t": ctypes.c_int8, "uint8_t": ctypes.c_uint8,
         "int16_t": ctypes.c_int16, "uint16_t": ctypes.c_uint16, "int32_t": ctypes.c_int32,
         "uint32_t": ctypes.c_uint32, "int64_t": ctypes.c_int64, "uint64_t": ctypes.c_uint64,
         "bool": ctypes.c_bool, "_Bool": ctypes.c_bool, "int": ctypes.c_int, "long": ctypes.c_long,
         "unsigned int": ctypes.c_uint, "size_t": ctypes.c_size_t}
BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.floordiv,
          "%": operator.mod, "<<": operator.lshift, ">>": operator.rshift, "|": operator.or_,
          "&": operator.and_, "==": operator.eq, "<=": operator.le, ">=": operator.ge,
          "<": operator.lt, ">": operator.gt, "&&": lambda a, b: bool(a and b)}
PARTS = {"_REQ_SIZE": "request", "_REP_SIZE": "reply", "_ITEM_SIZE": "item", "_SIZE": "body"}


class Unknown(Exception):
    """Something of a header that no message needs."""


class Struct(ctypes.Structure):
    """A struct of the headers. Strings, bytes and lists can be given for arrays."""

    def __init__(self, **values):
        super().__init__()
        for name, value in values.items():
            kind = dict(self._fields_)[name]
            if isinstance(value, str):
                value = value.encode()
            if issubclass(kind, ctypes.Array) and kind._type_ is not ctypes.c_char:
                value = kind(*value)
            setattr(self, name, value)

    @classmethod
    def read(cls, data):
        return cls.from_buffer_copy(data)


class Headers:
    def __init__(self, text):
        self.structs, self.names, self.constants, self.messages = {}, dict(BASIC), {}, {}
        for node in CParser().parse(text).ext:
            try:
                self.take(node)
            except Unknown:
                pass  # a function, or a type of the C library

    def take(self, node):
        if isinstance(node, c_ast.StaticAssert):
            assert self.value(node.cond), f"{node.message.value} is another size here"
        elif isinstance(node, c_ast.Typedef):
            self.names[node.name] = self.type(node.type)
        elif isinstance(node, c_ast.Decl):
            self.type(node.type)

    def type(self, node):
        if isinstance(node, c_ast.TypeDecl):
            return self.type(node.type)
        if isinstance(node, c_ast.ArrayDecl):
            return self.type(node.type) * self.value(node.dim)
        if isinstance(node, c_ast.IdentifierType):
            return self.find(self.names, " ".join(node.names))
        if isinstance(node, c_ast.Enum):
            return self.enum(node)
        if isinstance(node, (c_ast.Struct, c_ast.Union)):
            return self.struct(node)
        raise Unknown(type(node).__name__)

    def struct(self, node):
        if node.decls is None:
            return self.find(self.structs, node.name)
        base = Struct if isinstance(node, c_ast.Struct) else ctypes.Union
        fields = [(d.name, self.type(d.type)) for d in node.decls]
        made = type(node.name or "unnamed", (base,), {"_fields_": fields})
        if node.name:
            self.structs[node.name] = made
        return made

    def enum(self, node):
        following = 0
        for entry in node.values.enumerators if node.values else ():
            value = self.value(entry.value) if entry.value else following
            self.constants[entry.name] = value
            following = value + 1
            self.message(entry)
        return ctypes.c_uint

    def message(self, entry):
        """HD_REQ and its like make enumerators with the sizes of a message's structs."""
        of = entry.value
        if not (isinstance(of, c_ast.UnaryOp) and of.op == "sizeof"):
            return
        for end, part in PARTS.items():
            name = entry.name.removesuffix(end)
            if name != entry.name and name in self.constants:
                message = self.messages.setdefault(name, types.SimpleNamespace(
                    id=self.constants[name], request=None, reply=None, item=None, body=None))
                setattr(message, part, self.type(of.expr.type))
                return

    def value(self, node):
        if isinstance(node, c_ast.Constant):
            return int(node.value.rstrip("uUlL"), 0)
        if isinstance(node, c_ast.ID):
            return self.find(self.constants, node.name)
        if isinstance(node, c_ast.BinaryOp) and node.op in BINARY:
            return BINARY[node.op](self.value(node.left), self.value(node.right))
        if isinstance(node, c_ast.UnaryOp) and node.op == "sizeof":
            return ctypes.sizeof(self.type(node.expr.type))
        if isinstance(node, c_ast.UnaryOp) and node.op == "-":
            return -self.value(node.expr)
        if isinstance(node, c_ast.Cast):
            return self.value(node.expr)
        raise Unknown(type(node).__name__)

    @staticmethod
    def find(table, name):
        if name not in table:
            raise Unknown(name)
        return table[name]


def read_headers():
    headers = sorted(str(p.relative_to(INCLUDE)) for p in (INCLUDE / "heddle/api").glob("*.h"))
    source = "".join(f'#include "{h}"\n' for h in ["heddle/ipc/msg.h", *headers])
    words = ("__attribute__(x)", "__extension__", "__inline", "__restrict", "__asm__(x)")
    text = subprocess.run(["gcc", "-E", "-P", "-x", "c", "-I", str(INCLUDE),
                           *(f"-D{word}=" for word in words), "-"],
                          input=source, stdout=subprocess.PIPE, text=True, check=True).stdout
    return Headers(text)


HEADERS = read_headers()
MESSAGES = {message.id: message for message in HEADERS.messages.values()}
globals().update({name.removeprefix("HD_"): value for name, value in HEADERS.constants.items()})
globals().update({name.removeprefix("HD_"): message for name, message in HEADERS.messages.items()})
globals().update({name.removeprefix("hd_"): made for name, made in HEADERS.structs.items()})
