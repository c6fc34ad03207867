/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/cli/term/pager.h"

#define STAGES_MAX 16

enum filter { MATCH, EXCEPT, FIND, COUNT, DISPLAY, SAVE, NO_MORE };

static const char *const displays[] = {"text", "json", "xml", "set", NULL};

const struct cli_filter_kind cli_filters[] = {
	[MATCH] = {"match", "RE", "only lines that the regular expression fits"},
	[EXCEPT] = {"except", "RE", "only lines that it does not fit"},
	[FIND] = {"find", "RE", "from the first line on that it fits"},
	[COUNT] = {"count", NULL, "how many lines there are"},
	[DISPLAY] = {"display", "FORMAT", "in this form: text, json, xml or set", NULL, displays},
	[SAVE] = {"save", "FILE", "into a file, not on the terminal", &words_file},
	[NO_MORE] = {"no-more", NULL, "all at once, without a stop after each screen"},
	{0},
};

struct stage {
	enum filter filter;
	regex_t re;
	bool compiled, found;
	unsigned long lines; /* COUNT */
};

struct cli_pipe {
	struct stage stages[STAGES_MAX];
	size_t n;
	enum cli_display display;
	const char *save;
	bool no_more;

	struct cli_str line; /* that is not complete yet */
	FILE *to, *file;
	struct cli_pager *pager;
	FILE *old_out;
	bool old_tty, old_color;
};

static const struct cli_filter_kind *filter_find(const char *word, bool abbreviate)
{
	const struct cli_filter_kind *found = NULL;

	for (const struct cli_filter_kind *f = cli_filters; f->name; f++) {
		if (strcmp(f->name, word) == 0)
			return f;
		if (abbreviate && strncmp(f->name, word, strlen(word)) == 0) {
			if (found) /* f: find; no two others begin with the same letter */
				return NULL;
			found = f;
		}
	}
	return found;
}

static int unknown_filter(const char *word)
{
	const char *names[STAGES_MAX];
	size_t n = 0;

	while (cli_filters[n].name) {
		names[n] = cli_filters[n].name;
		n++;
	}
	cli_error("| %s: there is no such filter%s", word, cli_did_you_mean(word, names, n));
	fputs("There are:", stderr);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, " %s", names[i]);
	fputc('\n', stderr);
	return CLI_USAGE;
}

static int take_display(struct cli_pipe *pipe, const char *word, bool abbreviate)
{
	for (size_t i = 0; displays[i]; i++) {
		if (strcmp(word, displays[i]) != 0 &&
		    !(abbreviate && *word && strncmp(displays[i], word, strlen(word)) == 0))
			continue;
		pipe->display = (enum cli_display)i;
		return 0;
	}
	cli_error("| display %s: text, json, xml or set is needed", word);
	return CLI_USAGE;
}

static int take_regex(struct stage *stage, const char *name, const char *word)
{
	char text[256];
	int rc = regcomp(&stage->re, word, REG_EXTENDED | REG_NOSUB);

	stage->compiled = rc == 0;
	if (rc == 0)
		return 0;
	regerror(rc, &stage->re, text, sizeof(text));
	cli_error("| %s %s: not a regular expression (%s)", name, word, text);
	return CLI_USAGE;
}

static int take_argument(struct cli_pipe *pipe, enum filter filter, const char *word,
			 bool abbreviate)
{
	struct stage *stage = &pipe->stages[pipe->n];

	if (!word) /* those that take none */
		return 0;
	switch (filter) {
	case MATCH:
	case EXCEPT:
	case FIND: return take_regex(stage, cli_filters[filter].name, word);
	case DISPLAY: return take_display(pipe, word, abbreviate);
	case SAVE: pipe->save = word; return 0;
	default: return 0;
	}
}

/* One filter at list[*at]; moves it behind. */
static int take_filter(struct cli_pipe *pipe, const struct cli_words *w, bool abbreviate,
		       size_t *at)
{
	const struct cli_filter_kind *f;

	if (*at >= w->n || w->list[*at].token != CLI_WORD) {
		cli_error("something is missing after |: match, except, count, ...");
		return CLI_USAGE;
	}
	f = filter_find(w->list[*at].text, abbreviate);
	if (!f)
		return unknown_filter(w->list[*at].text);
	++*at;
	if (f->arg && (*at >= w->n || w->list[*at].token != CLI_WORD)) {
		cli_error("| %s: %s is missing", f->name, f->arg);
		return CLI_USAGE;
	}
	if (pipe->n == STAGES_MAX) {
		cli_error("more than %d filters", STAGES_MAX);
		return CLI_USAGE;
	}
	if (take_argument(pipe, (enum filter)(f - cli_filters), f->arg ? w->list[*at].text : NULL,
			  abbreviate))
		return CLI_USAGE;
	*at += f->arg != NULL;
	pipe->no_more |= f == &cli_filters[NO_MORE];
	pipe->stages[pipe->n++].filter = (enum filter)(f - cli_filters);
	return 0;
}

struct cli_pipe *cli_pipe_new(const struct cli_words *words, size_t at, bool abbreviate,
			      size_t *bad)
{
	struct cli_pipe *pipe = cli_calloc(1, sizeof(*pipe));

	while (at < words->n) {
		if (words->list[at].token != CLI_PIPE) {
			cli_error("\"%s\" is one word too many: further filters follow another |",
				  words->list[at].text);
			break;
		}
		at++;
		if (take_filter(pipe, words, abbreviate, &at))
			break;
		if (at == words->n)
			return pipe;
	}
	if (at == words->n && pipe->n == 0 && (at == 0 || words->list[at - 1].token != CLI_PIPE))
		return pipe; /* there is none */
	*bad = at;
	cli_pipe_free(pipe);
	return NULL;
}

enum cli_display cli_pipe_display(const struct cli_pipe *pipe)
{
	return pipe->display;
}

static void put(struct cli_pipe *pipe, const char *text, size_t len)
{
	if (pipe->pager)
		cli_pager_write(pipe->pager, text, len);
	else
		fwrite(text, 1, len, pipe->to);
}

/* A line (with its newline, if it has one) at stage @i and those after it. */
static void pass(struct cli_pipe *pipe, size_t i, char *text, size_t len)
{
	char *newline = len && text[len - 1] == '\n' ? &text[len - 1] : NULL;

	for (; i < pipe->n; i++) {
		struct stage *s = &pipe->stages[i];
		bool fits;

		if (s->filter == COUNT) {
			s->lines++;
			return;
		}
		if (!s->compiled)
			continue;
		if (newline)
			*newline = '\0';
		fits = regexec(&s->re, text, 0, NULL, 0) == 0;
		if (newline)
			*newline = '\n';
		s->found |= fits;
		if (s->filter == FIND ? !s->found : fits == (s->filter == EXCEPT))
			return;
	}
	put(pipe, text, len);
}

static ssize_t on_write(void *cookie, const char *bytes, size_t n)
{
	struct cli_pipe *pipe = cookie;
	const char *at = bytes, *end = bytes + n;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		cli_str_add(&pipe->line, at, (size_t)((newline ? newline + 1 : end) - at));
		if (!newline)
			break;
		pass(pipe, 0, pipe->line.text, pipe->line.len);
		pipe->line.len = 0;
		at = newline + 1;
	}
	return (ssize_t)n;
}

static bool filters(const struct cli_pipe *pipe)
{
	for (size_t i = 0; i < pipe->n; i++)
		if (pipe->stages[i].filter != NO_MORE && pipe->stages[i].filter != DISPLAY)
			return true;
	return false;
}

int cli_pipe_open(struct cli_pipe *pipe, struct cli *cli, bool pager)
{
	static const cookie_io_functions_t io = {.write = on_write};

	pipe->old_out = cli->out;
	pipe->old_tty = cli->tty;
	pipe->old_color = cli->color;
	pipe->to = cli->out;
	if (pipe->save) {
		int fd = open(pipe->save, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

		pipe->file = fd < 0 ? NULL : fdopen(fd, "w");
		if (!pipe->file) {
			cli_error("| save %s: %s", pipe->save, strerror(errno));
			return CLI_USAGE;
		}
		pipe->to = pipe->file;
	}
	pager = pager && cli->tty && !pipe->no_more && !pipe->save;
	if (!pager && !filters(pipe))
		return 0;
	if (pager)
		pipe->pager = cli_pager_new();
	cli->out = fopencookie(pipe, "w", io);
	if (!cli->out) {
		cli->out = pipe->old_out;
		return CLI_USAGE;
	}
	if (filters(pipe)) { /* escape sequences are not for regular expressions */
		cli->tty = false;
		cli->color = false;
	}
	return 0;
}

/* What the counters have seen goes on through the stages after them. */
static void end_of_lines(struct cli_pipe *pipe)
{
	if (pipe->line.len)
		pass(pipe, 0, pipe->line.text, pipe->line.len);
	for (size_t i = 0; i < pipe->n; i++) {
		struct stage *s = &pipe->stages[i];
		char text[64];

		if (s->filter != COUNT)
			continue;
		snprintf(text, sizeof(text), "%lu line%s\n", s->lines, s->lines == 1 ? "" : "s");
		pass(pipe, i + 1, text, strlen(text));
	}
}

int cli_pipe_close(struct cli_pipe *pipe, struct cli *cli)
{
	int rc = 0;

	if (cli->out != pipe->old_out) {
		fclose(cli->out);
		cli->out = pipe->old_out;
		end_of_lines(pipe);
	}
	cli->tty = pipe->old_tty;
	cli->color = pipe->old_color;
	cli_pager_close(pipe->pager);
	pipe->pager = NULL;
	if (pipe->file) {
		bool failed = ferror(pipe->file);

		if (fclose(pipe->file) != 0 || failed) {
			cli_error("| save %s: %s", pipe->save, strerror(errno));
			rc = CLI_USAGE;
		}
		pipe->file = NULL;
	}
	return rc;
}

void cli_pipe_free(struct cli_pipe *pipe)
{
	if (!pipe)
		return;
	for (size_t i = 0; i < STAGES_MAX; i++)
		if (pipe->stages[i].compiled)
			regfree(&pipe->stages[i].re);
	cli_str_free(&pipe->line);
	free(pipe);
}
