/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddled.conf asks for. heddled judges the file when it starts; here it is read for what the
 * other checks are about, and looked at for what would keep heddled from reading it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mgmt/cli/doctor/doctor.h"

#define CHECK "heddled.conf"

static char *trimmed(const char *text, size_t n)
{
	while (n && strchr(" \t\r\n", text[n - 1]))
		n--;
	while (n && strchr(" \t", *text)) {
		text++;
		n--;
	}
	return cli_strndup(text, n);
}

/* "key = value"; false when it is neither that nor empty nor a comment. */
static bool take_line(struct doctor *d, const char *line)
{
	const char *equals = strchr(line, '=');
	char *key, *value;

	if (*line == '#' || !line[strspn(line, " \t\r\n")])
		return true;
	if (!equals)
		return false;
	key = trimmed(line, (size_t)(equals - line));
	value = trimmed(equals + 1, strlen(equals + 1));
	d->settings = cli_realloc(d->settings, (d->n_settings + 1) * sizeof(*d->settings));
	d->settings[d->n_settings++] = (struct doctor_setting){key, value};
	return *key && *value;
}

static void check_owner(struct doctor *d, const char *path, const struct stat *st)
{
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		doctor_report(d, DOCTOR_PROBLEM, CHECK, cli_asprintf("sudo chmod go-w %s", path),
			      "%s can be written by others: heddled does not start with it", path);
	else if (st->st_uid != 0 && st->st_uid != d->uid)
		doctor_report(d, DOCTOR_PROBLEM, CHECK, cli_asprintf("sudo chown root %s", path),
			      "%s belongs to somebody else: heddled does not start with it", path);
}

void doctor_read_conf(struct doctor *d, const char *path, bool given)
{
	char *full = doctor_path(d, path), line[1024];
	FILE *file = fopen(full, "re");
	unsigned int number = 0;
	struct stat st;

	if (!file && (given || (errno != ENOENT && errno != ENOTDIR)))
		doctor_report(d, errno == EACCES ? DOCTOR_WARNING : DOCTOR_PROBLEM, CHECK, NULL,
			      "%s cannot be read: %s", path, strerror(errno));
	free(full);
	if (!file)
		return;
	if (fstat(fileno(file), &st) == 0)
		check_owner(d, path, &st);
	while (fgets(line, sizeof(line), file)) {
		number++;
		if (!take_line(d, line))
			doctor_report(d, DOCTOR_PROBLEM, CHECK, NULL,
				      "%s, line %u: \"key = value\" is needed", path, number);
	}
	fclose(file);
	doctor_report(d, DOCTOR_OK, CHECK, NULL, "%s is read: %zu setting%s", path, d->n_settings,
		      d->n_settings == 1 ? "" : "s");
}

const char *doctor_setting(const struct doctor *d, const char *key)
{
	for (size_t i = d->n_settings; i > 0; i--)
		if (strcmp(d->settings[i - 1].key, key) == 0)
			return d->settings[i - 1].value;
	return NULL;
}

void doctor_setting_number(struct doctor *d, const char *key, unsigned long min, unsigned long max,
			   unsigned long *n)
{
	const char *text = doctor_setting(d, key);
	unsigned long value;
	char *end;

	if (!text)
		return;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value < min || value > max)
		doctor_report(d, DOCTOR_PROBLEM, CHECK, NULL,
			      "%s = %s: a number from %lu to %lu is needed", key, text, min, max);
	else
		*n = value;
}

void doctor_free_conf(struct doctor *d)
{
	for (size_t i = 0; i < d->n_settings; i++) {
		free(d->settings[i].key);
		free(d->settings[i].value);
	}
	free(d->settings);
	d->settings = NULL;
	d->n_settings = 0;
}
