/* SPDX-License-Identifier: BSD-3-Clause */
/* heddled.conf: any bytes. What is accepted keeps its promises. */
#include <stdlib.h>
#include <string.h>

#include "supervisor/names_core.h"
#include "supervisor/settings_core.h"
#include "tests/fuzz/fuzz.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hd_err err = {0};
	struct settings s;

	settings_default(&s);
	if (settings_conf(&s, (const char *)data, size, "x", &err) < 0) {
		must(err.code != 0 && !strncmp(err.text, "x:", 2));
		return 0;
	}
	must(s.workers >= 1 && s.workers <= 16 && s.vhost_mode >= 1 && s.vhost_mode <= 0777);
	must(s.cpus[0] == '\0' || cpu_list_valid(s.cpus));
	must(memchr(s.vhost_dir, 0, sizeof(s.vhost_dir)) && s.netns_dir[0] && s.capture_dir[0]);
	must(user_name_valid(s.vhost_group, sizeof(s.vhost_group)));
	for (unsigned int i = 0; i < s.n_users; i++)
		must(user_name_valid(s.users[i], sizeof(s.users[i])));
	return 0;
}
