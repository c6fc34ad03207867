/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/edit.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "mgmt/cli/term/edit_offers.h"
#include "mgmt/cli/term/history.h"
#include "mgmt/cli/term/interrupt.h"
#include "mgmt/cli/term/mem.h"
#include "mgmt/cli/term/table.h"

struct cli_edit {
	struct cli_edit_hooks hooks;
	EditLine *el;
	History *history;
	HistEvent event;
	bool cancelled;
	char *line; /* that was read last */
};

/* For signal handlers; there is one terminal. */
static struct termios terminal;
static bool terminal_known;
static volatile sig_atomic_t resized, continued;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else
		continued = 1;
}

/* Ended from outside: the terminal is left as it was found. */
static void on_end(int sig)
{
	if (terminal_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	_exit(128 + sig);
}

static void watch_signals(void)
{
	struct sigaction seen = {.sa_handler = on_signal}, end = {.sa_handler = on_end};

	terminal_known = tcgetattr(STDIN_FILENO, &terminal) == 0;
	sigaction(SIGWINCH, &seen, NULL);
	sigaction(SIGCONT, &seen, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	signal(SIGQUIT, SIG_IGN);
}

static struct cli_edit *self(EditLine *el)
{
	struct cli_edit *edit = NULL;

	el_get(el, EL_CLIENTDATA, &edit);
	return edit;
}

static char *prompt(EditLine *el)
{
	struct cli_edit *edit = self(el);

	return (char *)edit->hooks.prompt(edit->hooks.arg);
}

/* What happened while nobody typed. */
static void notice(EditLine *el)
{
	if (resized)
		el_resize(el);
	if (continued) { /* the shell that stopped us had the terminal its own way */
		el_set(el, EL_PREP_TERM, 1);
		el_set(el, EL_REFRESH);
	}
	resized = continued = 0;
}

/* Waits for a byte. False at the end, and after Ctrl-C. */
static bool next_byte(struct cli_edit *edit, char *c)
{
	struct pollfd pfds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = cli_interrupt_fd(), .events = POLLIN},
	};

	for (;;) {
		int rc = poll(pfds, 2, -1);

		edit->cancelled = cli_interrupted();
		if (edit->cancelled)
			return false;
		notice(edit->el);
		if (rc < 0 && errno != EINTR)
			return false;
		if (rc > 0)
			return read(STDIN_FILENO, c, 1) == 1;
	}
}

/* A character of the locale's encoding. Bytes that are none are left out. */
static int get_char(EditLine *el, wchar_t *wide)
{
	mbstate_t state = {0};
	char c;

	while (next_byte(self(el), &c)) {
		size_t n = mbrtowc(wide, &c, 1, &state);

		if (n == (size_t)-1)
			memset(&state, 0, sizeof(state));
		else if (n != (size_t)-2)
			return 1;
	}
	return self(el)->cancelled ? -1 : 0;
}

/* The line up to the cursor. Allocated. */
static char *before_cursor(EditLine *el)
{
	const LineInfo *info = el_line(el);

	return cli_strndup(info->buffer, (size_t)(info->cursor - info->buffer));
}

/*
 * Output below the line is over: libedit takes the cursor to be in the row that it was in, and clears
 * that and those above.
 */
static void end_listing(EditLine *el, const char *line)
{
	struct winsize size = {0};
	unsigned int width = cli_text_width(prompt(el)) + cli_text_width(line);

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	for (unsigned int rows = size.ws_col ? width / size.ws_col : 0; rows > 0; rows--)
		fputc('\n', stdout);
	fflush(stdout);
}

static unsigned char on_tab(EditLine *el, wint_t c)
{
	struct cli_edit *edit = self(el);
	char *line = before_cursor(el), *insert;
	struct edit_offers offers;
	unsigned char rc = CC_REFRESH;
	int erase;

	(void)c;
	edit_offers_get(&offers, line, edit->hooks.offers, edit->hooks.arg);
	insert = edit_offers_insert(&offers, &erase);
	if (insert) {
		el_deletestr(el, erase);
		if (el_insertstr(el, insert) < 0)
			rc = CC_ERROR;
	} else if (offers.n_fitting) {
		fputc('\n', stdout);
		edit_offers_columns(&offers);
		end_listing(el, line);
		rc = CC_REDISPLAY;
	} else {
		rc = CC_ERROR;
	}
	free(insert);
	edit_offers_free(&offers);
	free(line);
	return rc;
}

static unsigned char on_question(EditLine *el, wint_t c)
{
	struct cli_edit *edit = self(el);
	char *line = before_cursor(el);
	struct edit_offers offers;
	unsigned char rc = CC_REDISPLAY;

	(void)c;
	edit_offers_get(&offers, line, edit->hooks.offers, edit->hooks.arg);
	if (offers.open) { /* between quotes it is a character like others */
		rc = el_insertstr(el, "?") < 0 ? CC_ERROR : CC_REFRESH;
	} else {
		fputs("?\n", stdout);
		edit_offers_explain(&offers);
		end_listing(el, line);
	}
	edit_offers_free(&offers);
	free(line);
	return rc;
}

static void load_line(void *arg, const char *line)
{
	struct cli_edit *edit = arg;

	history(edit->history, &edit->event, H_ENTER, line);
}

struct cli_edit *cli_edit_new(const struct cli_edit_hooks *hooks)
{
	struct cli_edit *edit = cli_calloc(1, sizeof(*edit));

	edit->hooks = *hooks;
	watch_signals();
	edit->el = el_init("heddle", stdin, stdout, stderr);
	edit->history = history_init();
	if (!edit->el || !edit->history) {
		fputs("heddle: the terminal cannot be used for typing: is TERM set?\n", stderr);
		exit(2);
	}
	history(edit->history, &edit->event, H_SETSIZE, CLI_HISTORY_LINES);
	history(edit->history, &edit->event, H_SETUNIQUE, 1);
	cli_history_load(load_line, edit);
	el_set(edit->el, EL_CLIENTDATA, edit);
	el_set(edit->el, EL_EDITOR, "emacs");
	el_set(edit->el, EL_SIGNAL, 0);
	el_set(edit->el, EL_GETCFN, get_char);
	el_set(edit->el, EL_PROMPT, prompt);
	el_set(edit->el, EL_HIST, history, edit->history);
	/* the narrow form of this one loses copies of the strings */
	el_wset(edit->el, EL_ADDFN, L"heddle-complete", L"Complete the word", on_tab);
	el_wset(edit->el, EL_ADDFN, L"heddle-help", L"Say what can come next", on_question);
	el_set(edit->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(edit->el, NULL);
	el_set(edit->el, EL_BIND, "^I", "heddle-complete", NULL);
	el_set(edit->el, EL_BIND, "?", "heddle-help", NULL);
	return edit;
}

void cli_edit_free(struct cli_edit *edit)
{
	if (!edit)
		return;
	el_end(edit->el);
	history_end(edit->history);
	free(edit->line);
	free(edit);
}

enum cli_edit_end cli_edit_read(struct cli_edit *edit, const char **line)
{
	const char *text;
	int n = 0;

	cli_interrupt_clear();
	edit->cancelled = false;
	el_set(edit->el, EL_PREP_TERM, 1); /* el_gets() writes the prompt before it does that */
	text = el_gets(edit->el, &n);
	if (edit->cancelled) {
		fputs("^C\n", stdout);
		el_reset(edit->el);
		cli_interrupt_clear();
		return CLI_EDIT_CANCEL;
	}
	if (!text || n <= 0)
		return CLI_EDIT_END;
	free(edit->line);
	edit->line = cli_strndup(text, strcspn(text, "\r\n"));
	*line = edit->line;
	return CLI_EDIT_LINE;
}

void cli_edit_remember(struct cli_edit *edit, const char *line)
{
	if (cli_history_hides(line))
		return;
	history(edit->history, &edit->event, H_ENTER, line);
	cli_history_add(line);
}
