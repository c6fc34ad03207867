/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef hd_err_set /* a macro for analyzers */
int hd_err_set(struct hd_err *err, int code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return -code;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return -code;
}

int hd_err_prefix(struct hd_err *err, const char *fmt, ...)
{
	char text[HD_ERR_TEXT_MAX];
	va_list args;
	int used;

	if (!err)
		return 0;
	memcpy(text, err->text, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	va_start(args, fmt);
	used = vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof(err->text))
		snprintf(err->text + used, sizeof(err->text) - (size_t)used, ": %s", text);
	return -err->code;
}
