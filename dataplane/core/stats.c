/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/stats.h"

DP_DROP_REGISTER(
	lost_in, "lost_with_plane", DP_DROP_INGRESS,
	"heddle-dp ended (a crash, kill -9) while it had the packet in hand, at its ingress");
DP_DROP_REGISTER(
	lost_out, "lost_with_plane_tx", DP_DROP_EGRESS,
	"heddle-dp ended (a crash, kill -9) while it had the packet in hand, at its egress");

static struct hd_stats_header *header;
static bool inherited; /* there are slots of an earlier heddle-dp */

static void *at(uint64_t offset)
{
	return (char *)header + offset;
}

static char (*reason_names(void))[HD_DROP_NAME_MAX]
{
	return (char(*)[HD_DROP_NAME_MAX])(header + 1);
}

static struct hd_stats_port_slot *slot(uint16_t id)
{
	return (struct hd_stats_port_slot *)at(header->slot_offset) + id;
}

struct hd_stats_worker *hd_stats_worker(unsigned int worker)
{
	return at(header->worker_offset + worker * header->worker_stride);
}

struct hd_stats_port *dp_stats_ports(unsigned int worker)
{
	return at(header->worker_offset + worker * header->worker_stride + header->port_offset);
}

static int stats_map(bool shared, uint64_t size, bool *is_new, struct hd_err *err)
{
	int fd = -1;

	*is_new = true;
	if (shared) {
		fd = dp_opener_shm(HD_STATS_NAME, HD_STATS_VERSION, size, is_new, err);
		if (fd < 0)
			return fd;
	}
	header = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (header == MAP_FAILED)
		return hd_err_set(err, errno, "mapping %llu bytes for counters failed",
				  (unsigned long long)size);
	return 0;
}

/* Reasons must be the same in the same order, else old counts would get new names. */
static bool same_layout(const struct hd_stats_header *want)
{
	if (header->magic != HD_STATS_MAGIC || header->workers != want->workers ||
	    header->max_ports != want->max_ports)
		return false;
	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++) {
		const struct dp_drop_reason *r = dp_drop_by_index(i);

		if (strncmp(reason_names()[i], r ? r->name : "", HD_DROP_NAME_MAX))
			return false;
	}
	return true;
}

int dp_stats_init(bool shared, uint32_t workers, uint32_t max_ports, struct hd_err *err)
{
	struct hd_stats_header want = {0};
	uint64_t size = hd_stats_layout(&want, workers, max_ports);
	bool is_new;
	int rc = stats_map(shared, size, &is_new, err);

	if (rc < 0)
		return rc;
	want.version = HD_STATS_VERSION;
	want.workers = workers;
	want.max_ports = max_ports;
	want.started_ns = hd_now_ns();
	if (!is_new && !same_layout(&want) && madvise(header, size, MADV_REMOVE) < 0)
		return hd_err_set(err, errno, "clearing the counters of another layout failed");
	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++) {
		const struct dp_drop_reason *r = dp_drop_by_index(i);

		if (r) {
			hd_str_copy(reason_names()[i], HD_DROP_NAME_MAX, r->name);
			want.reasons = i + 1;
		}
	}
	inherited = !is_new;
	*header = want;
	header->magic = HD_STATS_MAGIC;
	if (inherited)
		dp_stats_settle();
	return 0;
}

static uint64_t drops_of(const struct hd_stats_port *p, enum dp_drop_side side)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < header->reasons; i++)
		if (dp_drop_by_index(i)->side == side)
			sum += p->drops[i];
	return sum;
}

/*
 * Balances a port's equations. If more packets left than came, the last ones that came were not
 * counted yet when heddle-dp ended.
 */
static uint64_t settle_port(uint16_t id)
{
	struct hd_stats_port sum, *p = dp_stats_ports(0) + id;
	struct hd_stats_worker *w = hd_stats_worker(0);
	int64_t in, out;

	dp_stats_port_sum(id, &sum);
	in = (int64_t)(sum.rx_packets - sum.admitted - drops_of(&sum, DP_DROP_INGRESS));
	out = (int64_t)(sum.offered - sum.tx_packets - drops_of(&sum, DP_DROP_EGRESS));
	if (in < 0) {
		p->rx_packets -= in;
		w->rx -= in;
		in = 0;
	}
	if (out < 0) {
		p->offered -= out;
		out = 0;
	}
	p->drops[lost_in.index] += in;
	p->drops[lost_out.index] += out;
	w->drops += in + out;
	return in + out;
}

void dp_stats_settle(void)
{
	struct hd_stats_worker sum, *w = hd_stats_worker(0);
	uint64_t lost = 0;
	int64_t between;

	for (uint32_t i = 0; i < header->workers; i++)
		hd_stats_worker(i)->held = 0;
	for (uint32_t id = 0; id < header->max_ports; id++)
		if (slot(id)->in_use)
			lost += settle_port(id);
	/*
	 * Then what was admitted and not offered yet; to which port it would have gone is not
	 * known.
	 */
	dp_stats_worker_sum(&sum);
	between = (int64_t)(sum.rx + sum.injected + sum.generated + sum.copies - sum.tx -
			    sum.consumed - sum.drops);
	if (between < 0)
		w->copies -= between;
	else
		w->drops += between;
	lost += between > 0 ? between : 0;
	if (lost)
		hd_log(HD_LOG_WARNING,
		       "%llu packets that the heddle-dp before this one had in hand are lost: "
		       "counted as lost_with_plane",
		       (unsigned long long)lost);
}

/*
 * Only counters of an earlier heddle-dp are looked for. It gave out ids in the order of names, and
 * we ask in that order: so the search goes on where the last one ended.
 */
int dp_stats_port_find(const char *name)
{
	static uint32_t next;

	for (uint32_t i = 0; inherited && i < header->max_ports; i++) {
		uint32_t id = (next + i) % header->max_ports;

		if (slot(id)->in_use && !strncmp(slot(id)->name, name, HD_NAME_MAX)) {
			next = id + 1;
			return (int)id;
		}
	}
	return -ENOENT;
}

void dp_stats_port_assign(uint16_t id, const char *name)
{
	struct hd_stats_port_slot *s = slot(id);

	if (s->in_use && !strncmp(s->name, name, HD_NAME_MAX))
		return;
	__atomic_store_n(&s->generation, s->generation | 1, __ATOMIC_RELEASE);
	for (uint32_t w = 0; w < header->workers; w++)
		memset(dp_stats_ports(w) + id, 0, sizeof(struct hd_stats_port));
	memset(s->name, 0, sizeof(s->name));
	hd_str_copy(s->name, sizeof(s->name), name);
	s->in_use = 1;
	__atomic_store_n(&s->generation, s->generation + 1, __ATOMIC_RELEASE);
}

void dp_stats_port_release(uint16_t id)
{
	slot(id)->in_use = 0;
}

void dp_stats_generation(uint64_t generation)
{
	__atomic_store_n(&header->generation, generation, __ATOMIC_RELEASE);
}

/* Both structs have only 64-bit counters. */
static void add(void *sum, const void *part, size_t size)
{
	uint64_t *s = sum;
	const uint64_t *p = part;

	for (size_t i = 0; i < size / sizeof(*s); i++)
		s[i] += __atomic_load_n(&p[i], __ATOMIC_RELAXED);
}

void dp_stats_port_sum(uint16_t id, struct hd_stats_port *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (uint32_t w = 0; w < header->workers; w++)
		add(sum, dp_stats_ports(w) + id, sizeof(*sum));
}

void dp_stats_worker_sum(struct hd_stats_worker *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (uint32_t w = 0; w < header->workers; w++)
		add(sum, hd_stats_worker(w), sizeof(*sum));
}
