/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks the names of capture files in a configuration. heddled opens the files. */
#include "dataplane/port/pcap/pcap_port.h"

#include <errno.h>
#include <string.h>

/* A relative path without "..", "." and empty parts, of printable characters. */
static int name_check(const char name[HD_PATH_MAX], const char *what, struct hd_err *err)
{
	const char *part = name;

	if (!hd_str_terminated(name, HD_PATH_MAX))
		return hd_err_set(err, EINVAL, "%s: longer than %d characters", what,
				  HD_PATH_MAX - 1);
	if (name[0] == '\0')
		return 0;
	for (const char *c = name; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return hd_err_set(err, EINVAL, "%s: character 0x%02x cannot be in it", what,
					  (uint8_t)*c);
	while (part != NULL) {
		size_t len = strcspn(part, "/");

		if (len == 0 || (len == 1 && part[0] == '.') ||
		    (len == 2 && part[0] == '.' && part[1] == '.'))
			return hd_err_set(err, EINVAL,
					  "%s: \"%s\" is not a name below the capture directory; "
					  "\"sub/file.pcap\" would be one",
					  what, name);
		part = part[len] == '/' ? part + len + 1 : NULL;
	}
	return 0;
}

int dp_pcap_validate(const void *params, struct hd_err *err)
{
	const struct hd_pcap_object *o = params;
	int ret = name_check(o->read, "read", err);

	if (ret == 0)
		ret = name_check(o->write, "write", err);
	if (ret == 0 && o->read[0] && !strcmp(o->read, o->write))
		ret = hd_err_set(err, EINVAL, "read and write name the same file, \"%s\"", o->read);
	return ret;
}
