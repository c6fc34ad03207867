/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checksum and segmentation offload, by mbufs: what ports and the transmit step call.
 * The arithmetic on bytes is a pure core of its own (offload_core.h).
 */
#ifndef DATAPLANE_CORE_OFFLOAD_H
#define DATAPLANE_CORE_OFFLOAD_H

#include <stdint.h>

#include <linux/virtio_net.h>
#include <rte_mbuf.h>

#include "dataplane/core/worker.h"

/*
 * A packet came in with a virtio-net header (host byte order, from a TAP, a packet socket or a
 * guest's ring): checks the header against the packet's bytes and fills the meta. A header that lies (offsets beyond the packet or not at the L4 checksum, GSO of another
 * protocol than the packet's, size 0, UFO and unknown types) gives -EINVAL: drop it, reason
 * "bad_offload". What the sender left in the checksum field of TCP and UDP does not count: it is
 * set to the sum of the pseudo-header, as it had to be (but with an IPv6 routing header, where only
 * the sender knows the last destination). Partial checksums of other protocols, or with tags that
 * we do not walk, are completed at once, from what is there. Also clears flags for a plain header. Worker.
 */
int dp_offload_rx(struct rte_mbuf *m, const struct virtio_net_hdr *hdr);

/* Writes the virtio-net header that says the same as the meta. Worker. */
void dp_offload_tx_header(struct rte_mbuf *m, struct virtio_net_hdr *hdr);

/*
 * Finishes the L4 checksum in software. The packet must be writable in its first 256 bytes.
 * Clears DP_META_CSUM.
 */
void dp_offload_csum(struct rte_mbuf *m);

/*
 * Cuts a super-frame into frames with complete headers and checksums (IPv4 ids counted up, CWR on
 * the first, FIN and PSH on the last). @m is only read, and not freed. Puts at most @max frames in @out and
 * returns how many; -ENOMEM when the pool is empty (nothing is left in @out), -ENOSPC when @max is
 * too small. Each frame carries a copy of the meta with its offload flags cleared, or, with
 * @partial, DP_META_CSUM kept for a port that has DP_CAP_CSUM.
 */
int dp_offload_segment(struct rte_mempool *pool, struct rte_mbuf *m, bool partial,
		       struct rte_mbuf **out, unsigned int max);

#define DP_SEGMENTS_MAX 1024 /* of one super-frame: 64 KB in pieces of 64 bytes */

#endif
