#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The packet filter's tables in this network namespace (family netdev).

	nft_tables.py		prints their names, sorted
	nft_tables.py flush	deletes them all, as `nft flush ruleset` does
"""
import socket
import struct
import sys

NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES, NFPROTO_NETDEV = 12, 10, 5
NFT_MSG_GETTABLE, NFT_MSG_DELTABLE, NFNL_MSG_BATCH_BEGIN, NFNL_MSG_BATCH_END = 1, 2, 16, 17
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLMSG_DONE, NLMSG_ERROR, NFTA_TABLE_NAME = 1, 4, 0x300, 3, 2, 1


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


def flush():
    """A table that is named by nothing is every one."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        sock.send(b"".join(
            struct.pack("=IHHIIBB", 20, kind, flags, number, 0, family, 0) + struct.pack("!H", resource)
            for number, (kind, flags, family, resource) in enumerate((
                (NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES),
                (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE, NLM_F_REQUEST | NLM_F_ACK, NFPROTO_NETDEV, 0),
                (NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES)))))
        error = struct.unpack_from("=i", sock.recv(4096), 16)[0]
        if error:
            sys.exit(f"flush: error {error}")


if __name__ == "__main__":
    if sys.argv[1:] == ["flush"]:
        flush()
        sys.exit()
    for name in sorted(names()):
        print(name)
