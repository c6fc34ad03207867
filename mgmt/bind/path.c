/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <string.h>

#include "mgmt/bind/path.h"

bool bd_path_below(const char *path)
{
	for (const char *c = path; *c; c++)
		if (!isprint((unsigned char)*c))
			return false;
	while (true) {
		size_t n = strcspn(path, "/");

		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}
