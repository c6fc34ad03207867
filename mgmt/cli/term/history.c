/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/cli/term/mem.h"

/* Makes the folder, and gives the file's name; NULL without a home. */
static char *file_name(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *name;

	if (state && *state == '/')
		name = cli_asprintf("%s/heddle/history", state);
	else if (home && *home == '/')
		name = cli_asprintf("%s/.local/state/heddle/history", home);
	else
		return NULL;
	for (char *slash = strchr(name + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(name, 0700) < 0 && errno != EEXIST) {
			free(name);
			return NULL;
		}
		*slash = '/';
	}
	return name;
}

static FILE *open_file(int flags, const char *mode)
{
	char *name = file_name();
	int fd = name ? open(name, flags | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	FILE *file;

	free(name);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, mode);
	if (!file)
		close(fd);
	return file;
}

/* The last lines alone; written beside and renamed, so that a line is never half. */
static void cut(char **lines, size_t n)
{
	char *name = file_name(), *beside = name ? cli_asprintf("%s.new", name) : NULL;
	int fd = beside ? open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
			: -1;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	for (size_t i = 0; file && i < n; i++)
		fprintf(file, "%s\n", lines[i]);
	if (file && fclose(file) == 0)
		rename(beside, name);
	else if (file)
		unlink(beside);
	else if (fd >= 0)
		close(fd);
	free(beside);
	free(name);
}

void cli_history_load(void (*fn)(void *arg, const char *line), void *arg)
{
	FILE *file = open_file(O_RDONLY, "r");
	char *ring[CLI_HISTORY_LINES] = {0}, *text = NULL;
	size_t n = 0, room = 0;

	if (!file)
		return;
	while (getline(&text, &room, file) > 0) {
		text[strcspn(text, "\n")] = '\0';
		if (!*text)
			continue;
		free(ring[n % CLI_HISTORY_LINES]);
		ring[n++ % CLI_HISTORY_LINES] = cli_strdup(text);
	}
	free(text);
	fclose(file);
	if (n > CLI_HISTORY_LINES) { /* the oldest to the front */
		char *sorted[CLI_HISTORY_LINES];

		for (size_t i = 0; i < CLI_HISTORY_LINES; i++)
			sorted[i] = ring[(n + i) % CLI_HISTORY_LINES];
		memcpy(ring, sorted, sizeof(ring));
	}
	for (size_t i = 0; i < CLI_HISTORY_LINES && ring[i]; i++)
		fn(arg, ring[i]);
	if (n > 2 * CLI_HISTORY_LINES)
		cut(ring, CLI_HISTORY_LINES);
	for (size_t i = 0; i < CLI_HISTORY_LINES; i++)
		free(ring[i]);
}

void cli_history_add(const char *line)
{
	FILE *file = open_file(O_WRONLY | O_APPEND | O_CREAT, "a");

	if (!file)
		return;
	setvbuf(file, NULL, _IOFBF, strlen(line) + 2); /* one write, also beside other shells */
	fprintf(file, "%s\n", line);
	fclose(file);
}

bool cli_history_hides(const char *line)
{
	static const char *const words[] = {"password",   "secret",      "passphrase",
					    "key-string", "private-key", "token"};

	if (*line == ' ' || *line == '\t' || strchr(line, '\n'))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasestr(line, words[i]))
			return true;
	return false;
}
