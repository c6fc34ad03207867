/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/backend/baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"

#define FILE_NAME "cleared-counters"
#define MAGIC     0x6864636c65617231ull /* "hdclear1" */
#define PORTS_MAX 65535

struct file_header {
	uint64_t magic;
	uint64_t started_ns;
	uint32_t size; /* of an entry */
	uint32_t n;
};

void bk_baselines_keep(struct bk_baselines *b, const char *dir)
{
	free(b->path);
	b->path = dir ? ds_printf("%s/" FILE_NAME, dir) : NULL;
}

void bk_baselines_free(struct bk_baselines *b)
{
	free(b->list);
	free(b->path);
	memset(b, 0, sizeof(*b));
}

/* Where @id is, or belongs. */
static size_t place(const struct bk_baselines *b, uint16_t id)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (b->list[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void bk_baselines_set(struct bk_baselines *b, const struct bk_baseline *baseline)
{
	size_t at = place(b, baseline->id);

	if (at < b->n && b->list[at].id == baseline->id) {
		b->list[at] = *baseline;
		return;
	}
	if (b->n == b->room) {
		b->room = b->room ? 2 * b->room : 16;
		b->list = ds_realloc(b->list, b->room, sizeof(*b->list));
	}
	memmove(&b->list[at + 1], &b->list[at], (b->n - at) * sizeof(*b->list));
	b->list[at] = *baseline;
	b->n++;
}

const struct bk_baseline *bk_baselines_find(const struct bk_baselines *b, uint16_t id,
					    uint32_t generation)
{
	size_t at = place(b, id);

	if (at == b->n || b->list[at].id != id || b->list[at].generation != generation)
		return NULL;
	return &b->list[at];
}

void bk_baseline_apply(const struct bk_baseline *baseline, struct hd_stats_port *sum)
{
	const uint64_t *before = (const uint64_t *)&baseline->sum;
	uint64_t *now = (uint64_t *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*now); i++)
		if (before[i] > now[i])
			return; /* not of these counters: all of it or nothing */
	for (size_t i = 0; i < sizeof(*sum) / sizeof(*now); i++)
		now[i] -= before[i];
}

static bool read_all(FILE *file, struct bk_baselines *b)
{
	struct file_header header;
	struct bk_baseline one;

	if (fread(&header, sizeof(header), 1, file) != 1 || header.magic != MAGIC ||
	    header.size != sizeof(one) || header.n > PORTS_MAX ||
	    header.started_ns != b->started_ns)
		return false;
	for (uint32_t i = 0; i < header.n; i++) {
		if (fread(&one, sizeof(one), 1, file) != 1)
			return false;
		one.name[sizeof(one.name) - 1] = '\0';
		bk_baselines_set(b, &one);
	}
	return true;
}

void bk_baselines_start(struct bk_baselines *b, uint64_t started_ns)
{
	FILE *file;

	if (b->started_ns == started_ns)
		return;
	b->started_ns = started_ns;
	b->n = 0;
	file = b->path ? fopen(b->path, "re") : NULL;
	if (!file)
		return;
	if (!read_all(file, b))
		b->n = 0;
	fclose(file);
}

int bk_baselines_save(const struct bk_baselines *b, struct hd_err *err)
{
	struct file_header header = {
		.magic = MAGIC,
		.started_ns = b->started_ns,
		.size = sizeof(*b->list),
		.n = b->n,
	};
	char *beside;
	FILE *file;
	int rc = 0, fd;

	if (!b->path)
		return 0;
	beside = ds_printf("%s.new", b->path);
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file) {
		rc = -errno;
	} else {
		fwrite(&header, sizeof(header), 1, file);
		if (b->n) /* without an entry there is no list */
			fwrite(b->list, sizeof(*b->list), b->n, file);
		if (ferror(file))
			rc = -EIO;
		if (fclose(file) != 0 && rc == 0)
			rc = -errno;
		if (rc == 0 && rename(beside, b->path) < 0)
			rc = -errno;
		if (rc < 0)
			unlink(beside);
	}
	if (rc < 0)
		hd_err_set(err, -rc, "cannot write %s: %s", b->path, strerror(-rc));
	free(beside);
	return rc;
}
