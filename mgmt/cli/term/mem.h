/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that is there: a one-shot command that has none left says so and ends with status 2.
 */
#ifndef MGMT_CLI_TERM_MEM_H
#define MGMT_CLI_TERM_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *cli_calloc(size_t n, size_t size);
void *cli_realloc(void *p, size_t size);
char *cli_strdup(const char *str);
char *cli_strndup(const char *str, size_t n);
char *cli_vasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
char *cli_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A string that grows. Zeroed is empty; text is NULL until something was added. */
struct cli_str {
	char *text;
	size_t len, room;
};

void cli_str_add(struct cli_str *str, const char *bytes, size_t n);
void cli_str_puts(struct cli_str *str, const char *text);
void cli_str_printf(struct cli_str *str, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void cli_str_free(struct cli_str *str);

#endif
