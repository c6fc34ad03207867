/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checksum and segmentation offload for mbufs, used by ports and by the transmit step. The
 * arithmetic on bytes is in a pure core (offload_core.h).
 */
#ifndef DATAPLANE_CORE_OFFLOAD_H
#define DATAPLANE_CORE_OFFLOAD_H

#include <stdint.h>

#include <linux/virtio_net.h>
#include <rte_mbuf.h>

#include "dataplane/core/worker.h"

/*
 * Checks the virtio-net header (host byte order; from a TAP, a packet socket or a guest's ring) of
 * a received packet against the packet's bytes, and fills the meta. A plain header clears the
 * flags. Worker.
 *
 * -EINVAL: the header is wrong: an offset is beyond the packet or not that of the L4 checksum, GSO
 * is for another protocol than the packet's, gso_size is 0, or the type is UFO or unknown. The
 * caller then drops the packet (reason "bad_offload").
 *
 * The content of a TCP or UDP checksum field is ignored and set to the sum of the pseudo-header;
 * with an IPv6 routing header it is kept, since only the sender knows the last destination. A
 * partial checksum of another protocol, or behind tags that are not walked, is completed at once
 * from the field's content.
 */
int dp_offload_rx(struct rte_mbuf *m, const struct virtio_net_hdr *hdr);

/* Writes the virtio-net header for the packet's meta. Worker. */
void dp_offload_tx_header(struct rte_mbuf *m, struct virtio_net_hdr *hdr);

/*
 * Completes the L4 checksum in software and clears DP_META_CSUM. The first 256 bytes of the packet
 * must be writable. Worker.
 */
void dp_offload_csum(struct rte_mbuf *m);

/*
 * Cuts a super-frame into frames with complete headers and checksums: IPv4 ids count up, CWR is on
 * the first frame, FIN and PSH on the last. Only reads @m, and does not free it. Puts at most @max
 * frames into @out and returns how many. Each frame has a copy of the meta with cleared offload
 * flags; with @partial (for a port that has DP_CAP_CSUM) it keeps DP_META_CSUM. Worker.
 *
 * -ENOMEM: the pool is empty; -ENOSPC: @max is too small; -EINVAL: @m is no TCP super-frame, or its
 * headers are too long. Then @out has no frames.
 */
int dp_offload_segment(struct rte_mempool *pool, struct rte_mbuf *m, bool partial,
		       struct rte_mbuf **out, unsigned int max);

#define DP_SEGMENTS_MAX 1024 /* frames of one super-frame: 64 KB in pieces of 64 bytes */

#endif
