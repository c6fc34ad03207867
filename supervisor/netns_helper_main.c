/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddled-netns: the helper as a service of systemd. Its standard input is the connection to
 * heddled.
 */
#include <stdio.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "supervisor/netns_helper.h"

int main(int argc, char **argv)
{
	hd_log_init("heddled-netns");
	if (argc > 1) {
		fputs("usage: heddled-netns\n"
		      "Opens sockets and TAPs in network namespaces for heddled, which is connected "
		      "to\nits standard input. heddled-netns.socket starts it; see heddled(8).\n",
		      stderr);
		return 2;
	}
	return netns_helper_serve(STDIN_FILENO);
}
