/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/journal_int.h"

#define FOLD_RECORDS 100 /* the log is folded when it has so many ... */
#define KEEP_RECORDS 90
#define FOLD_BYTES   (128u << 20) /* ... or is so long, ... */
#define KEEP_BYTES   (32u << 20)  /* ... and then what stays is shorter than this */

int jr_write_at(int fd, const void *data, size_t size, uint64_t at)
{
	const uint8_t *p = data;

	while (size) {
		ssize_t n = pwrite(fd, p, size, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENOSPC;
		p += n;
		at += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

void jr_close(struct jr *jr)
{
	if (!jr)
		return;
	if (jr->log_fd >= 0)
		close(jr->log_fd);
	if (jr->lock_fd >= 0)
		close(jr->lock_fd);
	if (jr->dir_fd >= 0)
		close(jr->dir_fd);
	jr_entries_clear(&jr->entries);
	jr_entry_clear(&jr->intent);
	free(jr->dir);
	free(jr);
}

size_t jr_count(const struct jr *jr)
{
	return jr->entries.n;
}

const struct jr_record *jr_get(const struct jr *jr, size_t i)
{
	return &jr->entries.list[i].record;
}

const struct jr_record *jr_open_intent(const struct jr *jr)
{
	return jr->open ? &jr->intent.record : NULL;
}

/* Puts the log back to @size, after a write that failed: what may lie there is worth nothing. */
static void cut(struct jr *jr, uint64_t size)
{
	uint8_t header[JR_LOG_HEADER] = {0};

	if (ftruncate(jr->log_fd, (off_t)size) == 0)
		return;
	/* Not even that: a record that does not begin as one ends the log when it is read. */
	if (jr_write_at(jr->log_fd, header, sizeof(header), size) < 0)
		jr->broken = true;
}

int jr_intend(struct jr *jr, const struct jr_record *record, struct hd_err *err)
{
	size_t size;
	uint8_t *data;
	int rc;

	if (jr->open)
		return hd_err_set(err, EBUSY, "a change is under way already");
	if (jr->broken)
		return hd_err_set(err, EIO, "%s/" JR_LOG " cannot be written", jr->dir);
	data = jr_encode(record, jr->next_seq, JR_SLOT_OPEN, &size);
	if (!data)
		return hd_err_set(err, EFBIG, "the change is larger than %u MB",
				  JR_RECORD_MAX >> 20);
	rc = jr_write_at(jr->log_fd, data, size, jr->size);
	free(data);
	if (rc < 0) {
		cut(jr, jr->size);
		return hd_err_set(err, -rc, "cannot write %s/" JR_LOG ": %s", jr->dir,
				  strerror(-rc));
	}
	jr_record_copy(&jr->intent.record, record);
	jr->intent.seq = jr->next_seq++;
	jr->intent.at = jr->size;
	jr->intent.size = size;
	jr->intent.slot = JR_SLOT_OPEN;
	jr->size += size;
	jr->open = true;
	return 0;
}

static int write_slot(struct jr *jr, const struct jr_entry *entry, enum jr_slot slot,
		      struct hd_err *err)
{
	uint8_t data[JR_ALIGN];
	int rc;

	jr_encode_slot(data, entry->seq, slot, entry->record.generation);
	rc = jr_write_at(jr->log_fd, data, sizeof(data), entry->at + entry->size - JR_ALIGN);
	return rc < 0 ? hd_err_set(err, -rc, "cannot write %s/" JR_LOG ": %s", jr->dir,
				   strerror(-rc))
		      : 0;
}

int jr_end(struct jr *jr, uint64_t generation, struct hd_err *err)
{
	int rc;

	if (!jr->open)
		return hd_err_set(err, EINVAL, "no change is under way");
	jr->intent.record.generation = generation;
	rc = write_slot(jr, &jr->intent, JR_SLOT_ENDED, err);
	/* It is in force either way; the planes' generation tells a restart so. */
	jr->intent.slot = JR_SLOT_ENDED;
	*jr_entries_add(&jr->entries) = jr->intent;
	memset(&jr->intent, 0, sizeof(jr->intent));
	jr->open = false;
	return rc;
}

int jr_revert(struct jr *jr, struct hd_err *err)
{
	int rc = 0;

	if (!jr->open)
		return hd_err_set(err, EINVAL, "no change is under way");
	if (ftruncate(jr->log_fd, (off_t)jr->intent.at) == 0)
		jr->size = jr->intent.at;
	else
		rc = write_slot(jr, &jr->intent, JR_SLOT_REVERTED, err);
	jr_entry_clear(&jr->intent);
	jr->open = false;
	return rc;
}

int jr_confirm(struct jr *jr, struct hd_err *err)
{
	int rc = 0;

	/* Earlier ones that are pending were not confirmed, and never will be. */
	for (size_t i = jr->entries.n; i-- > 0 && rc == 0;) {
		struct jr_entry *entry = &jr->entries.list[i];

		if (!entry->record.pending)
			break;
		rc = write_slot(jr, entry, JR_SLOT_CONFIRMED, err);
		if (rc == 0) {
			entry->slot = JR_SLOT_CONFIRMED;
			entry->record.pending = false;
		}
	}
	return rc;
}

bool jr_wants_base(const struct jr *jr)
{
	return (jr->entries.n >= FOLD_RECORDS || jr->size > FOLD_BYTES) &&
	       jr_keep(jr) < jr->entries.n;
}

/* What a confirmed commit that waits may have to undo. */
static size_t waiting(const struct jr *jr)
{
	size_t n = 0;

	while (n < jr->entries.n && jr->entries.list[jr->entries.n - 1 - n].record.pending)
		n++;
	return n;
}

size_t jr_keep(const struct jr *jr)
{
	size_t keep = 0, counted = 0, least = waiting(jr);
	uint64_t bytes = 0;

	while (keep < jr->entries.n && counted < JR_HISTORY && keep < KEEP_RECORDS) {
		const struct jr_entry *entry = &jr->entries.list[jr->entries.n - 1 - keep];

		bytes += entry->size;
		/* Boots that changed nothing do not push commits out. */
		counted += entry->record.n || entry->record.kind == JR_COMMIT;
		if (keep && jr->size > FOLD_BYTES && bytes > KEEP_BYTES)
			break;
		keep++;
	}
	return keep > least ? keep : least;
}

uint64_t jr_rebase_point(const struct jr *jr, size_t keep)
{
	if (keep == 0)
		return jr->open ? jr->intent.seq : jr->next_seq;
	if (keep > jr->entries.n)
		keep = jr->entries.n;
	return keep ? jr->entries.list[jr->entries.n - keep].seq : jr->next_seq;
}

int jr_rebase(struct jr *jr, const char *text, uint64_t generation, size_t keep, struct hd_err *err)
{
	uint64_t point = jr_rebase_point(jr, keep);
	int rc = jr_rebase_write(jr, text, generation, point, err);

	return rc < 0 ? rc : jr_rebase_finish(jr, point, err);
}
