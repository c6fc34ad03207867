/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the parts of `heddle monitor`.
 */
#ifndef MGMT_CLI_SHOW_MONITOR_H
#define MGMT_CLI_SHOW_MONITOR_H

#include "mgmt/cli/command/model.h"

/* By name, packets received and sent, bits received and sent, drops, state. */
#define MONITOR_SORTS "nrtiods"

struct monitor {
	struct cli *cli;
	const struct cmd_line *line; /* ports that are wanted; none: all */
	struct cli_client *client;
	struct cli_model before, now; /* before.taken_ns 0: one reading alone */
	char *trouble;                /* why there is no newer reading; NULL: there is */

	uint64_t interval_ms;
	unsigned long count; /* readings that are left; 0: no end */
	bool screen, stopped, paused;

	char sort;
	bool active_only, help;
	bool typing;      /* a filter */
	char typed[64];   /* the filter: part of a name, in any case */
	unsigned int top; /* rows that are scrolled over */
	unsigned int rows, room;
};

void monitor_draw(struct monitor *mon);
/* Without a screen: a line a port. */
void monitor_lines(struct monitor *mon);

void monitor_filter(struct monitor *mon, const char *text);
void monitor_scroll(struct monitor *mon, int rows);
/* Rows of a screen that ports have. */
int monitor_page(void);

#endif
