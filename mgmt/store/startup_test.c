/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What survives a boot: startup is saved whole or not at all, and whatever is in the folder, the
 * switch has something to start with. Deadlines; how a restart is told from a boot.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/deadline.h"
#include "mgmt/store/saver.h"
#include "mgmt/store/startup.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static char folder[64];
static const char *const names[] = {
	"startup.conf", "startup.conf.good", "startup.conf.refused", "initial", "boot", "other"};

static int setup(void)
{
	strcpy(folder, "/tmp/heddle-startup-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	signal(SIGXFSZ, SIG_IGN);
	return yang_setup();
}

static const char *file(const char *name)
{
	static char path[2][128];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static void clean(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(file(names[i]));
}

static void put(const char *name, const char *text)
{
	FILE *out = fopen(file(name), "w");

	fputs(text, out);
	fclose(out);
}

static bool has(const char *name, const char *text)
{
	struct hd_err err = {0};
	size_t len;
	char *there = ds_file_read(file(name), &len, &err);
	bool same = there && strstr(there, text);

	free(there);
	return same;
}

static char *config(const char *name)
{
	return ds_printf("{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"%s\"}]}}", name);
}

static void put_config(const char *name, const char *sw)
{
	char *text = config(sw);

	put(name, text);
	free(text);
}

static struct bd_config *parsed(const char *sw)
{
	struct ds_errors errs = {.n = 0};
	char *text = config(sw);
	struct bd_config *c = bd_config_parse(ctx, text, strlen(text), NULL, &errs);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	free(text);
	return c;
}

struct told {
	unsigned int n, order;
	int code;
};
static unsigned int answers;

static void on_saved(const struct hd_err *err, void *arg)
{
	struct told *told = arg;

	told->n++;
	told->order = ++answers;
	told->code = err->code;
}

static void test_save(void)
{
	struct event_base *base = event_base_new();
	struct su *su = su_new(base, ctx, folder);
	struct bd_config *one = parsed("one"), *two = parsed("two"), *three = parsed("three");
	struct told told[4] = {{0}};
	struct stat st;

	clean();
	su_save(su, one->tree, on_saved, &told[0]);
	CU_ASSERT_EQUAL(told[0].n, 0);
	event_base_dispatch(base);
	CU_ASSERT(told[0].n == 1 && told[0].code == 0);
	CU_ASSERT(has("startup.conf", "one") && has("startup.conf.good", "one"));
	CU_ASSERT(stat(file("startup.conf"), &st) == 0 && (st.st_mode & 0777) == 0600);
	CU_ASSERT(stat(file("startup.conf.good"), &st) == 0 && (st.st_mode & 0777) == 0600);
	CU_ASSERT_EQUAL(st.st_nlink, 1); /* a copy: an editor may write in place */

	/* Three at once: the last is what stays, and all are told. */
	answers = 0;
	su_save(su, one->tree, on_saved, &told[1]);
	su_save(su, two->tree, on_saved, &told[2]);
	su_save(su, three->tree, on_saved, &told[3]);
	bd_config_free(three); /* what waits is a copy */
	event_base_dispatch(base);
	CU_ASSERT(told[1].order == 1 && told[2].order == 2 && told[3].order == 3);
	CU_ASSERT(told[1].code == 0 && told[2].code == 0 && told[3].code == 0);
	CU_ASSERT(has("startup.conf", "three"));

	/* Stopping: what is under way is written, what waits is refused. */
	su_save(su, two->tree, on_saved, &told[1]);
	su_save(su, NULL, on_saved, &told[2]);
	su_free(su);
	CU_ASSERT(told[1].n == 2 && told[1].code == 0);
	CU_ASSERT(told[2].n == 2 && told[2].code == ECANCELED);
	CU_ASSERT(has("startup.conf", "two"));
	bd_config_free(one);
	bd_config_free(two);
	event_base_free(base);
}

static void file_limit(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void test_full(void)
{
	struct event_base *base = event_base_new();
	struct su *su = su_new(base, ctx, folder);
	struct bd_config *one = parsed("one"), *two = parsed("two");
	struct told told = {0};

	clean();
	su_save(su, one->tree, on_saved, &told);
	event_base_dispatch(base);
	file_limit(20);
	su_save(su, two->tree, on_saved, &told);
	event_base_dispatch(base);
	file_limit(RLIM_INFINITY);
	CU_ASSERT(told.n == 2 && told.code == EFBIG);
	CU_ASSERT(has("startup.conf", "one") && has("startup.conf.good", "one"));
	CU_ASSERT_EQUAL(access(file("startup.conf.new"), F_OK), -1);
	CU_ASSERT_EQUAL(access(file("startup.conf.good.new"), F_OK), -1);
	su_save(su, two->tree, on_saved, &told);
	event_base_dispatch(base);
	CU_ASSERT(told.n == 3 && told.code == 0 && has("startup.conf", "two"));
	su_free(su);
	bd_config_free(one);
	bd_config_free(two);
	event_base_free(base);
}

static int dies(void *arg, struct hd_err *err)
{
	kill(getpid(), SIGKILL);
	return 0;
}

static int says(void *arg, struct hd_err *err)
{
	return hd_err_set(err, EDOM, "no");
}

static void test_child(void)
{
	struct event_base *base = event_base_new();
	struct told told = {0};
	struct hd_err err = {0};
	struct sv *sv;

	CU_ASSERT_PTR_NOT_NULL(sv_start(base, dies, NULL, on_saved, &told, &err));
	event_base_dispatch(base);
	CU_ASSERT(told.n == 1 && told.code == EIO);
	CU_ASSERT_PTR_NOT_NULL(sv_start(base, says, NULL, on_saved, &told, &err));
	event_base_dispatch(base);
	CU_ASSERT(told.n == 2 && told.code == EDOM);
	sv = sv_start(base, says, NULL, on_saved, &told, &err);
	sv_finish(sv);
	CU_ASSERT(told.n == 3 && told.code == EDOM);
	event_base_free(base);
}

/* What a boot takes, and how it says so. */
static bool boots(const char *from, const char *sw, const char *warning)
{
	const struct bo_files files = {.state_dir = folder, .initial = file("initial")};
	struct ds_errors errs = {.n = 0};
	struct bo_startup startup;
	char *text;
	bool good;

	if (!bo_startup(ctx, &files, &startup, &errs))
		return false;
	text = bd_config_print(startup.config);
	good = strstr(startup.from, from) && (sw ? strstr(text, sw) != NULL : !strchr(text, ':')) &&
	       (warning ? startup.warning && strstr(startup.warning, warning) : !startup.warning);
	if (!good)
		fprintf(stderr, "from %s: %s, warning %s\n", startup.from, text, startup.warning);
	free(text);
	bo_startup_clear(&startup);
	return good;
}

static void test_boot(void)
{
	clean();
	CU_ASSERT(boots("nothing", NULL, NULL));
	put_config("initial", "first");
	CU_ASSERT(boots("initial", "first", NULL));
	CU_ASSERT_EQUAL(access(file("startup.conf"), F_OK), -1); /* nobody saved anything */
	put_config("startup.conf", "one");
	CU_ASSERT(boots("startup.conf", "one", NULL));
	CU_ASSERT(has("startup.conf.good", "one"));
	put_config("startup.conf", "two");
	CU_ASSERT(boots("startup.conf", "two", NULL));
	CU_ASSERT(has("startup.conf.good", "two"));

	/* Spoiled by hand: the last good one, and what was refused is kept. */
	put("startup.conf", "{\"heddle-switch:switches\":{\"switch\":[{\"nam\":\"three\"}]}}");
	CU_ASSERT(boots("startup.conf.good", "two", "startup.conf was refused"));
	CU_ASSERT(has("startup.conf.refused", "three") && has("startup.conf", "three"));
	CU_ASSERT(has("startup.conf.good", "two"));
	put("startup.conf", "");
	CU_ASSERT(boots("startup.conf.good", "two", "startup.conf was refused"));
	unlink(file("startup.conf"));
	CU_ASSERT(boots("startup.conf.good", "two", "is not there"));
	CU_ASSERT_EQUAL(mkdir(file("startup.conf"), 0700), 0);
	CU_ASSERT(boots("startup.conf.good", "two", "startup.conf was refused"));
	CU_ASSERT_EQUAL(rmdir(file("startup.conf")), 0);

	/* Both: an empty one, not the initial one, which is older than all of it. */
	put("startup.conf", "x");
	put("startup.conf.good", "y");
	CU_ASSERT(boots("nothing", NULL, "it forwards nothing"));
	clean();
	put("initial", "z");
	CU_ASSERT(boots("nothing", NULL, "initial was refused"));
}

static void test_boot_file(void)
{
	char *other = ds_strdup(file("other"));
	struct bo_files files = {.config = other, .state_dir = folder};
	struct ds_errors errs = {.n = 0};
	struct bo_startup startup;
	char number[16];
	int fd;

	clean();
	put_config("startup.conf", "one");
	CU_ASSERT(!bo_startup(ctx, &files, &startup, &errs)); /* it is this file or none */
	CU_ASSERT_EQUAL(errs.n, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(startup.from, "other"));
	bo_startup_clear(&startup);
	ds_errors_clear(&errs);
	put_config("other", "two");
	CU_ASSERT(bo_startup(ctx, &files, &startup, &errs));
	CU_ASSERT_PTR_NULL(startup.warning);
	CU_ASSERT_EQUAL(access(file("startup.conf.good"), F_OK), -1);
	bo_startup_clear(&startup);

	/* One that only heddled can read. */
	fd = open(file("other"), O_RDONLY);
	snprintf(number, sizeof(number), "%d", fd);
	setenv("HEDDLE_CONFIG_FD", number, 1);
	put("other", "gone");
	unlink(file("other"));
	put_config("initial", "three");
	CU_ASSERT(!bo_startup(ctx, &files, &startup, &errs)); /* "gone" is what it says now */
	bo_startup_clear(&startup);
	ds_errors_clear(&errs);
	close(fd);
	fd = open(file("initial"), O_RDONLY);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT(bo_startup(ctx, &files, &startup, &errs));
		CU_ASSERT_PTR_NOT_NULL(strstr(startup.from, "other"));
		bo_startup_clear(&startup);
	}
	close(fd);
	unsetenv("HEDDLE_CONFIG_FD");
	free(other);
}

static void test_restart(void)
{
	struct hd_err err = {0};

	clean();
	unsetenv("HEDDLE_INSTANCE");
	CU_ASSERT(!bo_restarted(folder, NULL));
	CU_ASSERT(!bo_restarted(folder, "3")); /* it died before anything was in force */
	CU_ASSERT_EQUAL(bo_booted(folder, &err), 0);
	CU_ASSERT(bo_restarted(folder, NULL));
	CU_ASSERT(bo_restarted(folder, "1"));
	CU_ASSERT(!bo_restarted(folder, "0"));
	setenv("HEDDLE_INSTANCE", "7-of-nine", 1);
	CU_ASSERT(!bo_restarted(folder, "1"));
	CU_ASSERT_EQUAL(bo_booted(folder, &err), 0);
	CU_ASSERT(bo_restarted(folder, "1"));
	setenv("HEDDLE_INSTANCE", "8-of-nine", 1);
	CU_ASSERT(!bo_restarted(folder, "1"));
	unsetenv("HEDDLE_INSTANCE");
	CU_ASSERT(bo_booted("/proc/nowhere", &err) < 0);
}

static char *other_boot(char *text, const char *wall)
{
	char *line = strchr(text, '\n') + 1;
	unsigned long long now, up;
	unsigned int session;
	char *out;
	int save;

	sscanf(line, "%u %d %llu %llu", &session, &save, &now, &up);
	if (wall[0] == '-')
		now -= 100000000;
	out = ds_printf("confirm 1\n%u %d %llu 1 another%s", session, save, now,
			strchr(line, '\n'));
	free(text);
	return out;
}

static void test_deadline(void)
{
	struct dl dl = {.user = "alice",
			.persist = "a token\nof two lines",
			.save = true,
			.left_ms = 60000};
	struct dl got;
	char *text = dl_print(&dl);

	CU_ASSERT(dl_parse(text, &got));
	CU_ASSERT_STRING_EQUAL(got.user, "alice");
	CU_ASSERT_STRING_EQUAL(got.persist, "a token\nof two lines");
	CU_ASSERT(got.save && got.session == 0);
	CU_ASSERT(got.left_ms <= 60000 && got.left_ms > 30000);
	CU_ASSERT(got.deadline >= time(NULL) + 29 && got.deadline <= time(NULL) + 60);
	/* After a boot the wall clock counts. */
	text = other_boot(text, "+");
	CU_ASSERT(dl_parse(text, &got));
	CU_ASSERT(got.left_ms <= 60000 && got.left_ms > 30000);
	text = other_boot(text, "-");
	CU_ASSERT(dl_parse(text, &got));
	CU_ASSERT_EQUAL(got.left_ms, 0);
	free(text);
	dl = (struct dl){.user = "bob", .session = 5, .left_ms = 0};
	text = dl_print(&dl);
	CU_ASSERT(dl_parse(text, &got) && got.session == 5 && got.left_ms == 0 && !got.save);
	CU_ASSERT_STRING_EQUAL(got.persist, "");
	for (size_t len = strlen(text); len-- > 0;) {
		text[len] = '\0';
		dl_parse(text, &got); /* no more than that it reads nothing beyond */
	}
	free(text);
	CU_ASSERT(!dl_parse(NULL, &got));
	CU_ASSERT(!dl_parse("confirm 2\n", &got));
	clean();
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	ly_ctx_destroy(ctx);
}

UNIT_MAIN_SETUP("startup", setup, {"save", test_save}, {"full disk", test_full},
		{"child", test_child}, {"boot", test_boot}, {"boot with -c", test_boot_file},
		{"restart or boot", test_restart}, {"deadline", test_deadline});
