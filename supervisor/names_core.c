/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/names_core.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "heddle/base/name.h"

#define CPUS_MAX     1024
#define MARK_TAP     "heddle tap "
#define MARK_VM_TAP  "heddle vm-tap "
#define MARK_IN      " in "
#define MARK_DIR_MAX 160 /* bytes of a run directory that are written on a TAP */
#define DISTANCE_MAX 32  /* characters of a name that name_distance() looks at */

/* Parses digits at *@at and moves it behind them. Returns false when there are none, or too many. */
static bool digits(const char **at, unsigned int *out)
{
	uint64_t value = 0;
	const char *p = *at;

	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (unsigned int)(*p - '0');
		if (value > UINT32_MAX)
			return false;
	}
	if (p == *at)
		return false;
	*at = p;
	*out = (unsigned int)value;
	return true;
}

int number_parse(const char *text, unsigned int min, unsigned int max, unsigned int *out,
		 struct hd_err *err)
{
	unsigned int value;

	if (!digits(&text, &value) || *text || value < min || value > max)
		return hd_err_set(err, EINVAL, "a number in %u..%u is needed", min, max);
	*out = value;
	return 0;
}

bool cpu_list_valid(const char *text)
{
	unsigned int first, last;

	for (;;) {
		if (!digits(&text, &first))
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!digits(&text, &last))
				return false;
		}
		if (last < first || last >= CPUS_MAX)
			return false;
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
}

bool text_printable(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return false;
	return true;
}

bool user_name_valid(const char *name, size_t size)
{
	size_t len = strnlen(name, size);

	if (len == 0 || len == size || name[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-' || c == '.' || (c == '$' && i + 1 == len)))
			return false;
	}
	return true;
}

bool netdev_name_valid(const char *name, size_t size)
{
	size_t len = strnlen(name, size);

	if (len == 0 || len == size || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	/* '%' would be a pattern, ':' an alias, to the ioctls that take such a name. */
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~' || strchr("/:%", name[i]))
			return false;
	return true;
}

bool path_beneath(const char *path, size_t size)
{
	size_t len = strnlen(path, size), part;

	if (len == 0 || len == size || !text_printable(path, len))
		return false;
	for (size_t i = 0; i <= len; i += part + 1) {
		part = strcspn(path + i, "/");
		if (part == 0 || (part == 1 && path[i] == '.') ||
		    (part == 2 && path[i] == '.' && path[i + 1] == '.'))
			return false;
	}
	return true;
}

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned int name_distance(const char *a, const char *b, unsigned int limit)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned int row[DISTANCE_MAX + 1], diagonal, above;

	if (la > DISTANCE_MAX || lb > DISTANCE_MAX)
		return limit;
	for (size_t j = 0; j <= lb; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			above = row[j];
			row[j] =
				least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb] < limit ? row[lb] : limit;
}

/* A long path is named by a number that is made of it. */
static void run_dir_name(const char *run_dir, char *text, size_t size)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	if (strlen(run_dir) < MARK_DIR_MAX) {
		snprintf(text, size, "%s", run_dir);
		return;
	}
	for (; *run_dir; run_dir++)
		hash = (hash ^ (unsigned char)*run_dir) * 1099511628211u;
	snprintf(text, size, "#%016llx", (unsigned long long)hash);
}

void tap_mark(const char *run_dir, bool vm, const char *port, char *text, size_t size)
{
	char dir[MARK_DIR_MAX];

	run_dir_name(run_dir, dir, sizeof(dir));
	snprintf(text, size, "%s%s" MARK_IN "%s", vm ? MARK_VM_TAP : MARK_TAP, port, dir);
}

/* Behind what @mark begins with; NULL: it is none of a heddled. */
static const char *mark_port(const char *mark, bool *vm)
{
	*vm = !strncmp(mark, MARK_VM_TAP, strlen(MARK_VM_TAP));
	if (!*vm && strncmp(mark, MARK_TAP, strlen(MARK_TAP)) != 0)
		return NULL;
	return mark + strlen(*vm ? MARK_VM_TAP : MARK_TAP);
}

bool tap_mark_ours(const char *run_dir, const char *mark, bool *vm)
{
	const char *port = mark_port(mark, vm), *in;
	char dir[MARK_DIR_MAX];

	if (!port)
		return false;
	run_dir_name(run_dir, dir, sizeof(dir));
	in = strchr(port, ' '); /* names of ports have no blanks */
	return in && !strncmp(in, MARK_IN, strlen(MARK_IN)) && !strcmp(in + strlen(MARK_IN), dir);
}

void tap_mark_port(const char *mark, char *port, size_t size)
{
	bool vm;
	const char *from = mark_port(mark, &vm);

	snprintf(port, size, "%.*s", from ? (int)strcspn(from, " ") : 0, from ? from : "");
}
