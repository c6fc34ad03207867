/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"

static void *checked(void *p)
{
	if (!p) {
		hd_log(HD_LOG_ERR, "out of memory");
		abort();
	}
	return p;
}

void *ds_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *ds_realloc(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n ? n : 1, size));
}

char *ds_strdup(const char *str)
{
	return checked(strdup(str));
}

char *ds_strndup(const char *str, size_t n)
{
	return checked(strndup(str, n));
}

char *ds_printf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return checked(n < 0 ? NULL : text);
}
