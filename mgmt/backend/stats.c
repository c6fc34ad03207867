/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/api/opener.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "mgmt/backend/stats.h"

#define WORKERS_MAX 256
#define RETRY_MS    100

static void ask(struct bk_stats *stats);

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	ask(arg);
}

void bk_stats_init(struct bk_stats *stats, struct event_base *base, struct hd_chan *supervisor)
{
	memset(stats, 0, sizeof(*stats));
	stats->base = base;
	stats->supervisor = supervisor;
	stats->retry = evtimer_new(base, on_retry, stats);
}

static void unmap(struct bk_stats *stats)
{
	if (stats->map)
		munmap((void *)stats->map, stats->size);
	stats->map = NULL;
	stats->size = 0;
}

void bk_stats_free(struct bk_stats *stats)
{
	unmap(stats);
	bk_baselines_free(&stats->cleared);
	event_free(stats->retry);
}

/* Every offset that is used later lies within the memory, whoever wrote the header. */
static bool header_right(const struct hd_stats_header *h, uint64_t size)
{
	struct hd_stats_header want;

	if (h->magic != HD_STATS_MAGIC || h->version != HD_STATS_VERSION || !h->workers ||
	    h->workers > WORKERS_MAX || !h->max_ports || h->max_ports > UINT16_MAX)
		return false;
	memset(&want, 0, sizeof(want));
	if (hd_stats_layout(&want, h->workers, h->max_ports) > size)
		return false;
	return h->slot_offset == want.slot_offset && h->worker_offset == want.worker_offset &&
	       h->worker_stride == want.worker_stride && h->port_offset == want.port_offset;
}

int bk_stats_map(struct bk_stats *stats, int fd)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) < 0 || st.st_size < (off_t)sizeof(struct hd_stats_header)) {
		close(fd);
		return -EINVAL;
	}
	map = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return -errno;
	unmap(stats);
	memcpy(&stats->header, map, sizeof(stats->header));
	if (!header_right(&stats->header, st.st_size)) {
		munmap(map, st.st_size);
		return -EAGAIN; /* being written */
	}
	stats->map = map;
	stats->size = st.st_size;
	bk_baselines_start(&stats->cleared, stats->header.started_ns);
	return 0;
}

static void on_shm(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		   void *arg)
{
	static const struct timeval soon = {0, RETRY_MS * 1000};
	struct bk_stats *stats = arg;
	int fd = -1;

	if (status == -EPIPE)
		return;
	if (status == 0 && msg->n_fds == 1) {
		fd = msg->fds[0];
		msg->fds[0] = -1;
		status = bk_stats_map(stats, fd);
	} else if (status == 0) {
		status = -EBADMSG;
	}
	if (status == -EAGAIN)
		evtimer_add(stats->retry, &soon);
	else if (status < 0)
		hd_log(HD_LOG_WARNING, "no counters: %s", strerror(-status));
}

static void ask(struct bk_stats *stats)
{
	struct hd_open_shm request = {.name = HD_STATS_NAME, .version = HD_STATS_VERSION};

	if (stats->supervisor)
		hd_chan_request(stats->supervisor, OPEN_SHM, &request, on_shm, stats);
}

static void on_drop(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	struct bk_stats *stats = arg;
	const struct hd_drop_info *info = msg->body;

	if (final || info->index >= HD_DROP_REASONS_MAX ||
	    !hd_str_terminated(info->name, sizeof(info->name)) ||
	    !hd_str_terminated(info->text, sizeof(info->text)))
		return;
	stats->drops[info->index] = *info;
	stats->drop_known[info->index] = true;
}

void bk_stats_refresh(struct bk_stats *stats, struct hd_chan *data)
{
	struct hd_nothing nothing;

	memset(stats->drop_known, 0, sizeof(stats->drop_known));
	hd_chan_request_stream(data, DROP_LIST, &nothing, on_drop, stats);
	ask(stats);
}

/* Counters are 64-bit words with one writer each, which may write while we read. */
static void add(uint64_t *sum, const void *from, size_t words)
{
	const _Atomic uint64_t *src = from;

	for (size_t i = 0; i < words; i++)
		sum[i] += atomic_load_explicit(&src[i], memory_order_relaxed);
}

static const uint8_t *worker(const struct bk_stats *stats, unsigned int index)
{
	return stats->map + stats->header.worker_offset + index * stats->header.worker_stride;
}

static const struct hd_stats_port_slot *slot_of(const struct bk_stats *stats, uint16_t id)
{
	const struct hd_stats_port_slot *slots;

	if (!stats->map || id >= stats->header.max_ports)
		return NULL;
	slots = (const void *)(stats->map + stats->header.slot_offset);
	return &slots[id];
}

/* As the workers count. @slot_generation: of the slot that was read. */
static bool raw_sum(const struct bk_stats *stats, uint16_t id, const char *name,
		    struct hd_stats_port *sum, uint32_t *slot_generation)
{
	const struct hd_stats_port_slot *slot = slot_of(stats, id);
	const _Atomic uint32_t *generation;
	uint32_t before;

	memset(sum, 0, sizeof(*sum));
	if (!slot)
		return false;
	generation = (const void *)&slot->generation;
	before = atomic_load_explicit(generation, memory_order_acquire);
	if (before & 1 || !slot->in_use || strncmp(slot->name, name, sizeof(slot->name)) != 0)
		return false;
	for (unsigned int i = 0; i < stats->header.workers; i++)
		add((uint64_t *)sum,
		    worker(stats, i) + stats->header.port_offset + id * sizeof(*sum),
		    sizeof(*sum) / sizeof(uint64_t));
	/* A slot that changed hands meanwhile held somebody else's counters. */
	atomic_thread_fence(memory_order_acquire);
	*slot_generation = before;
	return atomic_load_explicit(generation, memory_order_relaxed) == before;
}

bool bk_stats_port(const struct bk_stats *stats, uint16_t id, const char *name,
		   struct hd_stats_port *sum)
{
	const struct bk_baseline *cleared;
	uint32_t generation;

	if (!raw_sum(stats, id, name, sum, &generation))
		return false;
	cleared = bk_baselines_find(&stats->cleared, id, generation);
	if (cleared)
		bk_baseline_apply(cleared, sum);
	return true;
}

bool bk_stats_clear(struct bk_stats *stats, uint16_t id, const char *name)
{
	struct bk_baseline baseline;

	memset(&baseline, 0, sizeof(baseline));
	if (!raw_sum(stats, id, name, &baseline.sum, &baseline.generation))
		return false;
	baseline.id = id;
	baseline.when_ns = hd_now_ns();
	hd_str_copy(baseline.name, sizeof(baseline.name), name);
	bk_baselines_set(&stats->cleared, &baseline);
	return true;
}

uint64_t bk_stats_since(const struct bk_stats *stats, uint16_t id)
{
	const struct hd_stats_port_slot *slot = slot_of(stats, id);
	const struct bk_baseline *cleared =
		slot ? bk_baselines_find(&stats->cleared, id, slot->generation) : NULL;

	return cleared ? cleared->when_ns : stats->header.started_ns;
}

unsigned int bk_stats_workers(const struct bk_stats *stats)
{
	return stats->map ? stats->header.workers : 0;
}

void bk_stats_worker(const struct bk_stats *stats, unsigned int index, struct hd_stats_worker *out)
{
	memset(out, 0, sizeof(*out));
	add((uint64_t *)out, worker(stats, index), sizeof(*out) / sizeof(uint64_t));
}
