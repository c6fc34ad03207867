/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *p)
{
	if (!p) {
		fputs("heddle: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

void *cli_calloc(size_t n, size_t size)
{
	return there(calloc(n ? n : 1, size ? size : 1));
}

void *cli_realloc(void *p, size_t size)
{
	return there(realloc(p, size ? size : 1));
}

char *cli_strdup(const char *str)
{
	return there(strdup(str));
}

char *cli_strndup(const char *str, size_t n)
{
	return there(strndup(str, n));
}

char *cli_vasprintf(const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	return there(text);
}

char *cli_asprintf(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = cli_vasprintf(fmt, ap);
	va_end(ap);
	return text;
}

void cli_str_add(struct cli_str *str, const char *bytes, size_t n)
{
	if (str->len + n + 1 > str->room) {
		str->room = (str->len + n + 1) * 2;
		str->text = cli_realloc(str->text, str->room);
	}
	memcpy(str->text + str->len, bytes, n);
	str->len += n;
	str->text[str->len] = '\0';
}

void cli_str_puts(struct cli_str *str, const char *text)
{
	cli_str_add(str, text, strlen(text));
}

void cli_str_printf(struct cli_str *str, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = cli_vasprintf(fmt, ap);
	va_end(ap);
	cli_str_puts(str, text);
	free(text);
}

void cli_str_free(struct cli_str *str)
{
	free(str->text);
	*str = (struct cli_str){0};
}
