/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening a journal, and folding it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/journal_int.h"

#define FILE_MAX     (1ull << 30)
#define LOCK_WAIT_NS (5 * HD_NS_PER_S) /* for one that is just dying */

struct note {
	char *text;
	size_t size;
};

static void tell(struct note *note, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct note *note, const char *fmt, ...)
{
	size_t used = strlen(note->text);
	va_list args;

	if (used + 3 > note->size)
		return;
	if (used) {
		strcpy(note->text + used, "; ");
		used += 2;
	}
	va_start(args, fmt);
	vsnprintf(note->text + used, note->size - used, fmt, args);
	va_end(args);
}

static int open_dir(struct jr *jr, struct hd_err *err)
{
	if (mkdir(jr->dir, 0700) < 0 && errno != EEXIST)
		return hd_err_set(err, errno, "cannot make %s: %s", jr->dir, strerror(errno));
	jr->dir_fd = open(jr->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (jr->dir_fd < 0)
		return hd_err_set(err, errno, "%s: %s", jr->dir, strerror(errno));
	return 0;
}

/* A lock of the process: a child that was forked to write a file does not hold it on. */
static int take_lock(struct jr *jr, struct hd_err *err)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	const struct timespec pause = {.tv_nsec = 5000000};
	uint64_t until = hd_now_ns() + LOCK_WAIT_NS;

	jr->lock_fd = openat(jr->dir_fd, JR_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (jr->lock_fd < 0)
		return hd_err_set(err, errno, "%s/" JR_LOCK ": %s", jr->dir, strerror(errno));
	while (fcntl(jr->lock_fd, F_SETLK, &lock) < 0) {
		if (errno != EACCES && errno != EAGAIN && errno != EINTR)
			return hd_err_set(err, errno, "%s/" JR_LOCK ": %s", jr->dir,
					  strerror(errno));
		if (hd_now_ns() > until)
			return hd_err_set(err, EBUSY,
					  "another heddle-mgmt uses %s: stop it, or give this one "
					  "another state directory",
					  jr->dir);
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* A whole regular file. -ENOENT: there is none. */
static int read_whole(struct jr *jr, int fd, const char *name, uint8_t **data, size_t *size,
		      struct hd_err *err)
{
	struct stat st;
	size_t at = 0;
	ssize_t n = 1;

	if (fstat(fd, &st) < 0)
		return hd_err_set(err, errno, "%s/%s: %s", jr->dir, name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return hd_err_set(err, EINVAL, "%s/%s is not a file", jr->dir, name);
	if ((uint64_t)st.st_size > FILE_MAX)
		return hd_err_set(err, EFBIG, "%s/%s is larger than %llu MB", jr->dir, name,
				  FILE_MAX >> 20);
	*data = ds_alloc((size_t)st.st_size + 1);
	while (at < (size_t)st.st_size && n != 0) {
		n = pread(fd, *data + at, (size_t)st.st_size - at, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(*data);
			*data = NULL;
			return hd_err_set(err, errno, "cannot read %s/%s: %s", jr->dir, name,
					  strerror(errno));
		}
		at += (size_t)n;
	}
	*size = at;
	return 0;
}

/* Puts a file that is of no use aside, where it does not disturb and can still be looked at. */
static void put_aside(struct jr *jr, const char *name)
{
	char aside[64];

	snprintf(aside, sizeof(aside), "%s.damaged", name);
	if (unlinkat(jr->dir_fd, aside, 0) < 0)
		unlinkat(jr->dir_fd, aside, AT_REMOVEDIR);
	if (renameat(jr->dir_fd, name, jr->dir_fd, aside) < 0)
		unlinkat(jr->dir_fd, name, 0);
}

/* Stores the text and returns 1; 0: there is no base; -errno: it is of no use. */
static int read_base(struct jr *jr, char **text, struct jr_base *base, struct hd_err *err)
{
	int fd = openat(jr->dir_fd, JR_BASE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint8_t *data = NULL;
	size_t size = 0;
	int rc;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return hd_err_set(err, errno, "%s/" JR_BASE ": %s", jr->dir, strerror(errno));
	rc = read_whole(jr, fd, JR_BASE, &data, &size, err);
	close(fd);
	if (rc < 0)
		return rc;
	if (jr_decode_base(data, size, base))
		*text = ds_strndup(base->text, base->len);
	else
		rc = hd_err_set(err, EBADMSG, "%s/" JR_BASE " is damaged", jr->dir);
	free(data);
	base->text = NULL;
	return rc < 0 ? rc : 1;
}

/* Takes over what was read: what is before @point is in the base, what was reverted is nothing. */
static void sort_entries(struct jr *jr, struct jr_entries *all, uint64_t point)
{
	for (size_t i = 0; i < all->n; i++) {
		struct jr_entry *entry = &all->list[i];

		if (entry->seq >= jr->next_seq)
			jr->next_seq = entry->seq + 1;
		if (entry->seq < point || entry->slot == JR_SLOT_REVERTED)
			continue;
		if (entry->slot == JR_SLOT_OPEN) {
			jr->intent = *entry;
			jr->open = true;
		} else {
			*jr_entries_add(&jr->entries) = *entry;
		}
		memset(entry, 0, sizeof(*entry));
	}
	jr_entries_clear(all);
}

/* Makes the log what @sound bytes of it say; none: a new one. */
static int repair_log(struct jr *jr, size_t sound, struct hd_err *err)
{
	uint8_t header[JR_LOG_HEADER];
	int rc = 0;

	if (ftruncate(jr->log_fd, (off_t)sound) < 0)
		rc = -errno;
	if (rc == 0 && sound == 0) {
		jr_log_header(header);
		rc = jr_write_at(jr->log_fd, header, sizeof(header), 0);
		sound = sizeof(header);
	}
	jr->size = sound;
	return rc < 0 ? hd_err_set(err, -rc, "cannot write %s/" JR_LOG ": %s", jr->dir,
				   strerror(-rc))
		      : 0;
}

static int open_log(struct jr *jr)
{
	jr->log_fd = openat(jr->dir_fd, JR_LOG,
			    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	return jr->log_fd < 0 ? -errno : 0;
}

static int read_log(struct jr *jr, uint64_t point, struct note *note, struct hd_err *err)
{
	struct jr_entries all = {.n = 0};
	size_t size = 0, sound = 0;
	struct hd_err why = {0};
	uint8_t *data = NULL;
	int rc;

	rc = open_log(jr);
	if (rc < 0 || read_whole(jr, jr->log_fd, JR_LOG, &data, &size, &why) < 0) {
		/* Something that is no log: out of the way with it. */
		tell(note, "%s/" JR_LOG " cannot be read (%s) and was put aside", jr->dir,
		     rc < 0 ? strerror(-rc) : why.text);
		put_aside(jr, JR_LOG);
		if (jr->log_fd >= 0)
			close(jr->log_fd);
		rc = open_log(jr);
		if (rc < 0)
			return hd_err_set(err, -rc, "%s/" JR_LOG ": %s", jr->dir, strerror(-rc));
		size = 0;
	} else {
		sound = jr_decode_log(data, size, &all);
	}
	free(data);
	if (sound < size)
		tell(note, "%zu bytes at the end of %s/" JR_LOG " are no whole record and were cut",
		     size - sound, jr->dir);
	sort_entries(jr, &all, point);
	return repair_log(jr, sound, err);
}

struct jr *jr_open(const char *dir, char **base, uint64_t *base_generation, char *note_text,
		   size_t note_size, struct hd_err *err)
{
	struct note note = {note_text, note_size};
	struct jr_base head = {.point = 0};
	struct jr *jr = ds_alloc(sizeof(*jr));
	struct hd_err why = {0};

	*base = NULL;
	*base_generation = 0;
	note_text[0] = '\0';
	jr->dir = ds_strdup(dir);
	jr->dir_fd = jr->lock_fd = jr->log_fd = -1;
	jr->next_seq = 1;
	if (open_dir(jr, err) < 0 || take_lock(jr, err) < 0)
		goto fail;
	unlinkat(jr->dir_fd, JR_BASE ".new", 0);
	unlinkat(jr->dir_fd, JR_LOG ".new", 0);
	if (read_base(jr, base, &head, &why) < 0) {
		/* The records mean nothing without what they come after. */
		tell(&note, "%s: it was put aside, and the log after it", why.text);
		put_aside(jr, JR_BASE);
		put_aside(jr, JR_LOG);
		head = (struct jr_base){.point = 0};
	}
	*base_generation = head.generation;
	if (head.point > jr->next_seq)
		jr->next_seq = head.point;
	if (read_log(jr, head.point, &note, err) == 0)
		return jr;
fail:
	free(*base);
	*base = NULL;
	jr_close(jr);
	return NULL;
}

/* Makes NAME.new with @first and @rest, and with @sync waits until it is on disk. */
static int write_beside(int dir_fd, const char *name, const void *first, size_t first_size,
			const void *rest, size_t rest_size, bool sync)
{
	int fd, rc;

	unlinkat(dir_fd, name, 0);
	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	rc = jr_write_at(fd, first, first_size, 0);
	if (rc == 0)
		rc = jr_write_at(fd, rest, rest_size, first_size);
	if (rc == 0 && sync && fsync(fd) < 0)
		rc = -errno;
	if (rc == 0)
		return fd;
	close(fd);
	unlinkat(dir_fd, name, 0);
	return rc;
}

int jr_rebase_write(const struct jr *jr, const char *text, uint64_t generation, uint64_t point,
		    struct hd_err *err)
{
	struct jr_base base = {
		.generation = generation, .point = point, .text = text, .len = strlen(text)};
	/* Not jr->dir_fd: a child has none of our descriptors. */
	int dir_fd = open(jr->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	uint8_t header[JR_BASE_HEADER];

	if (dir_fd < 0)
		return hd_err_set(err, errno, "%s: %s", jr->dir, strerror(errno));
	jr_encode_base(header, &base);
	fd = write_beside(dir_fd, JR_BASE ".new", header, sizeof(header), text, base.len, true);
	close(dir_fd);
	if (fd < 0)
		return hd_err_set(err, -fd, "cannot write %s/" JR_BASE ".new: %s", jr->dir,
				  strerror(-fd));
	close(fd);
	return 0;
}

/* The records from @point on, and an open intent, as a log of their own. */
static uint8_t *log_from(const struct jr *jr, uint64_t point, size_t *size)
{
	uint8_t *log = ds_alloc(JR_LOG_HEADER);

	jr_log_header(log);
	*size = JR_LOG_HEADER;
	for (size_t i = 0; i <= jr->entries.n; i++) {
		const struct jr_entry *entry =
			i < jr->entries.n ? &jr->entries.list[i] : &jr->intent;
		uint8_t *data;
		size_t n;

		if (i == jr->entries.n ? !jr->open : entry->seq < point)
			continue;
		data = jr_encode(&entry->record, entry->seq, entry->slot, &n);
		if (!data)
			continue; /* it was encoded before */
		log = ds_realloc(log, *size + n, 1);
		memcpy(log + *size, data, n);
		*size += n;
		free(data);
	}
	return log;
}

/* Forgets what is in the base now, and where the others lay. */
static void drop_before(struct jr *jr, uint64_t point)
{
	uint64_t at = JR_LOG_HEADER;
	size_t drop = 0;

	while (drop < jr->entries.n && jr->entries.list[drop].seq < point)
		jr_entry_clear(&jr->entries.list[drop++]);
	jr->entries.n -= drop;
	if (jr->entries.n)
		memmove(jr->entries.list, jr->entries.list + drop,
			jr->entries.n * sizeof(*jr->entries.list));
	for (size_t i = 0; i < jr->entries.n; i++) {
		jr->entries.list[i].at = at;
		at += jr->entries.list[i].size;
	}
	if (jr->open)
		jr->intent.at = at;
}

int jr_rebase_finish(struct jr *jr, uint64_t point, struct hd_err *err)
{
	size_t size;
	uint8_t *log;
	int fd, rc = 0;

	/* From here on the records before @point are skipped when the log is read. */
	if (renameat(jr->dir_fd, JR_BASE ".new", jr->dir_fd, JR_BASE) < 0)
		return hd_err_set(err, errno, "cannot rename %s/" JR_BASE ".new: %s", jr->dir,
				  strerror(errno));
	log = log_from(jr, point, &size);
	fd = write_beside(jr->dir_fd, JR_LOG ".new", log, size, NULL, 0, false);
	free(log);
	if (fd < 0) {
		rc = fd;
	} else if (renameat(jr->dir_fd, JR_LOG ".new", jr->dir_fd, JR_LOG) < 0) {
		rc = -errno;
		close(fd);
		unlinkat(jr->dir_fd, JR_LOG ".new", 0);
	}
	if (rc < 0)
		return hd_err_set(err, -rc, "cannot write %s/" JR_LOG ".new: %s", jr->dir,
				  strerror(-rc));
	close(jr->log_fd);
	jr->log_fd = fd;
	jr->size = size;
	jr->broken = false;
	drop_before(jr, point);
	return 0;
}
