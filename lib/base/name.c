/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/name.h"

#include <errno.h>
#include <string.h>

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool hd_str_terminated(const char *str, size_t size)
{
	return memchr(str, '\0', size) != NULL;
}

bool hd_name_valid(const char *name, size_t size)
{
	if (size == 0 || !is_alnum(name[0]))
		return false;
	for (size_t i = 1; i < size; i++) {
		if (name[i] == '\0')
			return true;
		if (!is_alnum(name[i]) && name[i] != '.' && name[i] != '_' && name[i] != '-')
			return false;
	}
	return false;
}

int hd_str_copy(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size);

	if (size == 0)
		return -ENAMETOOLONG;
	if (len == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = '\0';
		return -ENAMETOOLONG;
	}
	memcpy(dst, src, len + 1);
	return 0;
}
