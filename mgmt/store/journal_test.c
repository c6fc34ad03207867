/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The journal: what was written is there after it was opened again, at whatever byte the process was
 * killed; what is damaged is cut; what finds no space changes nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/journal_format.h"
#include "tests/unit/unit.h"

static char folder[64], dir[96], note[512];
static char *base;
static uint64_t base_generation;
static struct hd_err err;

static struct jr *again(struct jr *jr)
{
	jr_close(jr);
	free(base);
	memset(&err, 0, sizeof(err));
	jr = jr_open(dir, &base, &base_generation, note, sizeof(note), &err);
	if (!jr)
		fprintf(stderr, "jr_open: %s\n", err.text);
	return jr;
}

static int setup(void)
{
	strcpy(folder, "/tmp/heddle-journal-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(dir, sizeof(dir), "%s/journal", folder);
	signal(SIGXFSZ, SIG_IGN);
	return 0;
}

static const char *file(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* Begins with none. */
static struct jr *fresh(void)
{
	static const char *const names[] = {"log",          "base",    "lock",    "log.damaged",
					    "base.damaged", "log.new", "base.new"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unlink(file(names[i]));
		rmdir(file(names[i]));
	}
	return again(NULL);
}

static void finish(struct jr *jr)
{
	jr_close(fresh());
	jr_close(jr);
	free(base);
	base = NULL;
	unlink(file("log"));
	unlink(file("lock"));
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static int intend(struct jr *jr, uint64_t generation, const char *after, bool pending)
{
	char path[64], before[64];
	struct jr_unit units[2] = {{path, NULL, (char *)(uintptr_t)after}, {path, before, NULL}};
	struct jr_record record = {
		.kind = generation == 1 ? JR_BOOT : JR_COMMIT,
		.generation = generation,
		.time = 1700000000 + (time_t)generation,
		.user = (char *)(uintptr_t) "alice",
		.client = (char *)(uintptr_t) "cli",
		.pending = pending,
		.units = units,
		.n = 2,
	};

	snprintf(path, sizeof(path), "/a:b[name='%llu']", (unsigned long long)generation);
	snprintf(before, sizeof(before), "<b>%llu</b>", (unsigned long long)generation);
	return jr_intend(jr, &record, &err);
}

static void commit(struct jr *jr, uint64_t generation)
{
	CU_ASSERT_EQUAL(intend(jr, generation, "<b>new</b>", false), 0);
	CU_ASSERT_EQUAL(jr_end(jr, generation, &err), 0);
}

static bool is(const struct jr_record *r, uint64_t generation)
{
	char before[64];

	snprintf(before, sizeof(before), "<b>%llu</b>", (unsigned long long)generation);
	return r && r->generation == generation && r->n == 2 && !strcmp(r->user, "alice") &&
	       !r->comment && !r->units[0].before && !strcmp(r->units[0].after, "<b>new</b>") &&
	       !strcmp(r->units[1].before, before) && !r->units[1].after &&
	       r->kind == (generation == 1 ? JR_BOOT : JR_COMMIT);
}

static uint64_t log_size(void)
{
	struct stat st = {.st_size = 0};

	CU_ASSERT_EQUAL(stat(file("log"), &st), 0);
	return (uint64_t)st.st_size;
}

static void test_records(void)
{
	struct jr *jr = fresh();
	struct stat st;

	CU_ASSERT_PTR_NOT_NULL_FATAL(jr);
	CU_ASSERT_STRING_EQUAL(note, "");
	CU_ASSERT_PTR_NULL(base);
	CU_ASSERT_EQUAL(stat(dir, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
	CU_ASSERT_EQUAL(stat(file("log"), &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	for (uint64_t g = 1; g <= 3; g++)
		commit(jr, g);
	CU_ASSERT_EQUAL(jr_count(jr), 3);
	jr = again(jr);
	CU_ASSERT_STRING_EQUAL(note, "");
	CU_ASSERT_EQUAL_FATAL(jr_count(jr), 3);
	for (uint64_t g = 1; g <= 3; g++)
		CU_ASSERT(is(jr_get(jr, g - 1), g));
	CU_ASSERT_EQUAL(jr_get(jr, 0)->time, 1700000001);
	CU_ASSERT_PTR_NULL(jr_open_intent(jr));
	CU_ASSERT_EQUAL(jr_end(jr, 4, &err), -EINVAL);
	CU_ASSERT_EQUAL(jr_revert(jr, &err), -EINVAL);
	finish(jr);
}

static void test_intents(void)
{
	struct jr *jr = fresh();
	uint64_t size;

	commit(jr, 1);
	size = log_size();
	CU_ASSERT_EQUAL(intend(jr, 2, "<b>new</b>", false), 0);
	CU_ASSERT_EQUAL(intend(jr, 3, "<b>new</b>", false), -EBUSY);
	CU_ASSERT_EQUAL(jr_revert(jr, &err), 0);
	CU_ASSERT_EQUAL(log_size(), size);
	CU_ASSERT_EQUAL(intend(jr, 3, "<b>new</b>", false), 0);
	jr = again(jr); /* killed here: whether it was done, only the planes know */
	CU_ASSERT_EQUAL(jr_count(jr), 1);
	CU_ASSERT(is(jr_open_intent(jr), 3));
	CU_ASSERT_EQUAL(jr_end(jr, 3, &err), 0);
	CU_ASSERT_PTR_NULL(jr_open_intent(jr));
	CU_ASSERT_EQUAL(intend(jr, 4, "<b>new</b>", false), 0);
	jr = again(jr);
	CU_ASSERT_EQUAL(jr_revert(jr, &err), 0);
	jr = again(jr);
	CU_ASSERT_EQUAL(jr_count(jr), 2);
	CU_ASSERT_PTR_NULL(jr_open_intent(jr));
	/* The planes were given another number than was meant. */
	CU_ASSERT_EQUAL(intend(jr, 5, "<b>new</b>", false), 0);
	CU_ASSERT_EQUAL(jr_end(jr, 9, &err), 0);
	jr = again(jr);
	CU_ASSERT_EQUAL(jr_get(jr, 2)->generation, 9);
	finish(jr);
}

static void test_pending(void)
{
	struct jr *jr = fresh();

	commit(jr, 1);
	CU_ASSERT_EQUAL(intend(jr, 2, "<b>new</b>", true), 0);
	CU_ASSERT_EQUAL(jr_end(jr, 2, &err), 0);
	CU_ASSERT_EQUAL(intend(jr, 3, "<b>new</b>", true), 0);
	CU_ASSERT_EQUAL(jr_end(jr, 3, &err), 0);
	jr = again(jr);
	CU_ASSERT(!jr_get(jr, 0)->pending && jr_get(jr, 1)->pending && jr_get(jr, 2)->pending);
	CU_ASSERT_EQUAL(jr_confirm(jr, &err), 0);
	CU_ASSERT(!jr_get(jr, 1)->pending && !jr_get(jr, 2)->pending);
	jr = again(jr);
	CU_ASSERT_EQUAL(jr_count(jr), 3);
	CU_ASSERT(!jr_get(jr, 1)->pending && !jr_get(jr, 2)->pending);
	/* One that was not confirmed, and reverted by another one, stays so. */
	CU_ASSERT_EQUAL(intend(jr, 4, "<b>new</b>", true), 0);
	CU_ASSERT_EQUAL(jr_end(jr, 4, &err), 0);
	commit(jr, 5);
	CU_ASSERT_EQUAL(jr_confirm(jr, &err), 0);
	CU_ASSERT(jr_get(jr, 3)->pending && !jr_get(jr, 4)->pending);
	finish(jr);
}

/* Whatever part of a record was written, the records before it are there, and it is not. */
static void test_torn(void)
{
	struct jr *jr = fresh();
	uint64_t before, after;

	commit(jr, 1);
	commit(jr, 2);
	before = log_size();
	CU_ASSERT_EQUAL(intend(jr, 3, "<b>new</b>", false), 0);
	after = log_size();
	for (uint64_t size = after; size-- > before + 1;) {
		jr_close(jr);
		jr = NULL;
		CU_ASSERT_EQUAL(truncate(file("log"), (off_t)size), 0);
		jr = again(NULL);
		CU_ASSERT_EQUAL(jr_count(jr), 2);
		CU_ASSERT_PTR_NULL(jr_open_intent(jr));
		CU_ASSERT_PTR_NOT_NULL(strstr(note, "were cut"));
		CU_ASSERT_EQUAL(log_size(), before);
		CU_ASSERT_EQUAL(intend(jr, 3, "<b>new</b>", false), 0);
	}
	finish(jr);
}

static void flip(uint64_t at)
{
	int fd = open(file("log"), O_RDWR);
	uint8_t byte = 0;

	CU_ASSERT_EQUAL(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= 0x10;
	CU_ASSERT_EQUAL(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

/* One bit anywhere: no wrong record is ever taken for a right one. */
static void test_damaged(void)
{
	struct jr *jr = fresh();
	uint64_t one, size;

	commit(jr, 1);
	one = log_size();
	commit(jr, 2);
	size = log_size();
	jr_close(jr);
	for (uint64_t at = 0; at < size; at++) {
		char *whole = ds_alloc(size);
		int fd = open(file("log"), O_RDWR);

		CU_ASSERT_EQUAL(read(fd, whole, size), (ssize_t)size);
		flip(at);
		jr = again(NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(jr);
		/* Zeros that fill a frame up, or the end of the magic, say nothing. */
		if (jr_count(jr) != 2)
			CU_ASSERT_EQUAL(jr_count(jr), at < one ? 0 : 1);
		for (size_t i = 0; i < jr_count(jr); i++)
			CU_ASSERT(is(jr_get(jr, i), i + 1));
		CU_ASSERT_EQUAL(jr_count(jr) < 2, note[0] != '\0');
		jr_close(jr);
		CU_ASSERT_EQUAL(pwrite(fd, whole, size, 0), (ssize_t)size);
		close(fd);
		free(whole);
	}
	finish(NULL);
}

static void file_limit(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A disk that becomes full, at each byte of a record. */
static void test_full(void)
{
	struct jr *jr = fresh();
	uint64_t size, need;
	char text[4096] = "";

	commit(jr, 1);
	size = log_size();
	commit(jr, 2);
	need = log_size() - size;
	size = log_size();
	for (uint64_t room = 0; room < need; room += 7) {
		file_limit(size + room);
		CU_ASSERT(intend(jr, 3, "<b>new</b>", false) < 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot write"));
		file_limit(RLIM_INFINITY);
		CU_ASSERT_EQUAL(log_size(), size);
		CU_ASSERT_PTR_NULL(jr_open_intent(jr));
	}
	/* The end of a record needs no room. */
	CU_ASSERT_EQUAL(intend(jr, 3, "<b>new</b>", true), 0);
	file_limit(log_size());
	CU_ASSERT_EQUAL(jr_end(jr, 3, &err), 0);
	CU_ASSERT(intend(jr, 4, "<b>new</b>", false) < 0);
	CU_ASSERT_EQUAL(jr_confirm(jr, &err), 0);
	memset(text, 'x', sizeof(text) - 1);
	CU_ASSERT(jr_rebase(jr, text, 2, 1, &err) < 0);
	CU_ASSERT_EQUAL(access(file("base.new"), F_OK), -1);
	file_limit(RLIM_INFINITY);
	commit(jr, 4);
	jr = again(jr);
	CU_ASSERT_STRING_EQUAL(note, "");
	CU_ASSERT_EQUAL(jr_count(jr), 4);
	finish(jr);
}

static int rename_base(void)
{
	char from[128];

	snprintf(from, sizeof(from), "%s", file("base.new"));
	return rename(from, file("base"));
}

static void test_rebase(void)
{
	struct jr *jr = fresh();
	uint64_t point;

	for (uint64_t g = 1; g <= 100; g++) {
		CU_ASSERT(!jr_wants_base(jr));
		commit(jr, g);
	}
	CU_ASSERT(jr_wants_base(jr));
	CU_ASSERT_EQUAL(jr_keep(jr), JR_HISTORY);
	CU_ASSERT_EQUAL(jr_rebase(jr, "<all/>", 50, jr_keep(jr), &err), 0);
	CU_ASSERT_EQUAL(jr_count(jr), 50);
	CU_ASSERT(is(jr_get(jr, 0), 51));
	commit(jr, 101);
	jr = again(jr);
	CU_ASSERT_STRING_EQUAL(note, "");
	CU_ASSERT_STRING_EQUAL(base, "<all/>");
	CU_ASSERT_EQUAL(base_generation, 50);
	CU_ASSERT_EQUAL_FATAL(jr_count(jr), 51);
	CU_ASSERT(is(jr_get(jr, 0), 51) && is(jr_get(jr, 50), 101));

	/* In two halves, with changes meanwhile; one of them is under way when it ends. */
	point = jr_rebase_point(jr, 1);
	CU_ASSERT_EQUAL(jr_rebase_write(jr, "<later/>", 100, point, &err), 0);
	commit(jr, 102);
	CU_ASSERT_EQUAL(intend(jr, 103, "<b>new</b>", false), 0);
	CU_ASSERT_EQUAL(jr_rebase_finish(jr, point, &err), 0);
	CU_ASSERT_EQUAL(jr_count(jr), 2);
	CU_ASSERT_EQUAL(jr_end(jr, 103, &err), 0);
	jr = again(jr);
	CU_ASSERT_STRING_EQUAL(note, "");
	CU_ASSERT_STRING_EQUAL(base, "<later/>");
	CU_ASSERT_EQUAL_FATAL(jr_count(jr), 3);
	for (uint64_t i = 0; i < 3; i++)
		CU_ASSERT(is(jr_get(jr, i), 101 + i));

	/* Killed between the two renames: the old log begins before the base. */
	point = jr_rebase_point(jr, 1);
	CU_ASSERT_EQUAL(jr_rebase_write(jr, "<last/>", 102, point, &err), 0);
	CU_ASSERT_EQUAL(rename_base(), 0);
	jr = again(jr);
	CU_ASSERT_STRING_EQUAL(base, "<last/>");
	CU_ASSERT_EQUAL_FATAL(jr_count(jr), 1);
	CU_ASSERT(is(jr_get(jr, 0), 103));

	/* None stay, and the log is lost: records still come after the base. */
	CU_ASSERT_EQUAL(jr_rebase(jr, "", 103, 0, &err), 0);
	CU_ASSERT_EQUAL(jr_count(jr), 0);
	unlink(file("log"));
	jr = again(jr);
	CU_ASSERT_STRING_EQUAL(base, "");
	commit(jr, 104);
	jr = again(jr);
	CU_ASSERT_EQUAL(jr_count(jr), 1);
	finish(jr);
}

/* What waits to be confirmed stays, however much it is. */
static void test_rebase_pending(void)
{
	struct jr *jr = fresh();

	for (uint64_t g = 1; g <= 10; g++)
		commit(jr, g);
	for (uint64_t g = 11; g <= 131; g++) {
		CU_ASSERT_EQUAL(intend(jr, g, "<b>new</b>", true), 0);
		CU_ASSERT_EQUAL(jr_end(jr, g, &err), 0);
	}
	CU_ASSERT(jr_wants_base(jr));
	CU_ASSERT_EQUAL(jr_keep(jr), 121);
	CU_ASSERT_EQUAL(jr_rebase(jr, "<all/>", 10, jr_keep(jr), &err), 0);
	CU_ASSERT_EQUAL(jr_count(jr), 121);
	CU_ASSERT(!jr_wants_base(jr));
	CU_ASSERT_EQUAL(jr_confirm(jr, &err), 0);
	CU_ASSERT_EQUAL(jr_keep(jr), JR_HISTORY);
	finish(jr);
}

static void write_file(const char *name, const char *text)
{
	FILE *out = fopen(file(name), "w");

	fputs(text, out);
	fclose(out);
}

static void test_strange_files(void)
{
	struct jr *jr = fresh();

	commit(jr, 1);
	CU_ASSERT_EQUAL(jr_rebase(jr, "<all/>", 1, 0, &err), 0);
	commit(jr, 2);
	jr_close(jr);
	write_file("base", "something else, and long enough to be looked at for what it is not");
	jr = again(NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(note, "base is damaged"));
	CU_ASSERT_EQUAL(jr_count(jr), 0);
	CU_ASSERT_EQUAL(access(file("base.damaged"), F_OK), 0);
	CU_ASSERT_EQUAL(access(file("log.damaged"), F_OK), 0);
	jr_close(jr);
	unlink(file("log"));
	CU_ASSERT_EQUAL(mkdir(file("log"), 0700), 0);
	jr = again(NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(note, "put aside"));
	commit(jr, 1);
	jr_close(jr);
	rmdir(file("log.damaged"));
	unlink(file("log"));
	CU_ASSERT_EQUAL(symlink("/etc/passwd", file("log")), 0);
	jr = again(NULL);
	CU_ASSERT_PTR_NOT_NULL(jr);
	commit(jr, 1);
	jr_close(jr);
	unlink(file("log.damaged"));
	jr = again(NULL);
	CU_ASSERT_EQUAL(jr_count(jr), 1);
	finish(jr);
	CU_ASSERT_PTR_NULL(
		jr_open("/proc/nowhere", &base, &base_generation, note, sizeof(note), &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/proc/nowhere"));
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

UNIT_MAIN_SETUP("journal", setup, {"records", test_records}, {"intents", test_intents},
		{"confirmed commits", test_pending}, {"torn", test_torn}, {"damaged", test_damaged},
		{"full disk", test_full}, {"folded", test_rebase},
		{"folded while one waits", test_rebase_pending},
		{"files that are none", test_strange_files});
