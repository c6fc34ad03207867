/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One screen at a time, through $PAGER or less. What fits on the screen is written at once, and so
 * is everything where neither is installed. One thread; needs a terminal.
 */
#ifndef MGMT_CLI_TERM_PAGER_H
#define MGMT_CLI_TERM_PAGER_H

#include <stddef.h>

struct cli_pager;

struct cli_pager *cli_pager_new(void);
/* Takes text; it is thrown away when the reader has ended the program. */
void cli_pager_write(struct cli_pager *pager, const char *text, size_t len);
/* The end: waits until the reader has seen it. NULL is fine. */
void cli_pager_close(struct cli_pager *pager);

#endif
