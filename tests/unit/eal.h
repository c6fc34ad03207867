/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK for unit tests and fuzz targets: an EAL without hugepages, files or devices, so that many
 * can run side by side, and a pool of frames.
 */
#ifndef TESTS_UNIT_EAL_H
#define TESTS_UNIT_EAL_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "dataplane/core/meta.h"

/* Starts the EAL and registers struct dp_meta. Returns 0, or -1 with the reason on stderr. */
static inline int unit_eal_init(void)
{
	static char args[][24] = {
		"unit", "--no-huge", "--no-shconf", "--no-telemetry", "--no-pci", "-m",
		"64",   "--lcores",  "0@(0-1)",     "--log-level",    "1"};
	static char *argv[sizeof(args) / sizeof(args[0]) + 1];
	int argc = sizeof(args) / sizeof(args[0]);

	for (int i = 0; i < argc; i++)
		argv[i] = args[i];
	if (rte_eal_init(argc, argv) < 0) {
		fprintf(stderr, "EAL: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	if (dp_meta_init() < 0) {
		fprintf(stderr, "no dynamic field for struct dp_meta\n");
		return -1;
	}
	return 0;
}

/* A pool of @n mbufs with @room bytes of data room and the usual headroom. Exits on failure. */
static inline struct rte_mempool *unit_pool(const char *name, unsigned int n, uint16_t room)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		name, n, 0, 0, (uint16_t)(room + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);

	if (!pool) {
		fprintf(stderr, "pool %s: %s\n", name, rte_strerror(rte_errno));
		exit(1);
	}
	return pool;
}

/*
 * A packet of @len bytes, in segments of @piece bytes (0: as large as the pool's room allows) after
 * a first one of at least min(@len, 256).
 */
static inline struct rte_mbuf *unit_packet(struct rte_mempool *pool, const uint8_t *data,
					   uint32_t len, uint32_t piece)
{
	struct rte_mbuf *head = NULL, *last = NULL;
	uint32_t done = 0;

	do {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
		uint32_t n = len - done;

		if (!m) {
			fprintf(stderr, "the pool is empty\n");
			exit(1);
		}
		if (piece && n > piece && (head || n > 256))
			n = head || piece > 256 ? piece : 256;
		n = RTE_MIN(n, (uint32_t)rte_pktmbuf_tailroom(m));
		memcpy(rte_pktmbuf_mtod(m, void *), data + done, n);
		m->data_len = (uint16_t)n;
		if (!head) {
			head = m;
			memset(dp_meta(m), 0, sizeof(struct dp_meta));
		} else {
			last->next = m;
			head->nb_segs++;
		}
		last = m;
		done += n;
	} while (done < len);
	head->pkt_len = len;
	return head;
}

#endif
