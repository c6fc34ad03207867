#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the names of the packet filter's tables in this network namespace (family netdev), sorted."""
import socket
import struct

NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, NFPROTO_NETDEV = 12, 10, 1, 5
NLM_F_REQUEST, NLM_F_DUMP, NLMSG_DONE, NLMSG_ERROR, NFTA_TABLE_NAME = 1, 0x300, 3, 2, 1


def names():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        sock.send(struct.pack("=IHHIIBBH", 20, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE,
                              NLM_F_REQUEST | NLM_F_DUMP, 1, 0, NFPROTO_NETDEV, 0, 0))
        while True:
            data = sock.recv(65536)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind in (NLMSG_DONE, NLMSG_ERROR):
                    return
                at = 20  # behind the header and struct nfgenmsg
                while at < length:
                    size, attr = struct.unpack_from("=HH", data, at)
                    if attr == NFTA_TABLE_NAME:
                        yield data[at + 4:at + size].rstrip(b"\0").decode()
                    at += (size + 3) & ~3
                data = data[(length + 3) & ~3:]


if __name__ == "__main__":
    for name in sorted(names()):
        print(name)
