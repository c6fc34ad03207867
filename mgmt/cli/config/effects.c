/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/config/effects.h"

const char *cli_effects_request(void)
{
	static char request[256];
	const char *ssh = getenv("SSH_CONNECTION"); /* "CLIENT PORT SERVER PORT", sshd(8) */
	char address[46] = "", rest;

	if (!ssh || sscanf(ssh, "%*s %*s %45[0-9a-fA-F.:]%c", address, &rest) != 2 || rest != ' ')
		address[0] = '\0';
	if (address[0])
		snprintf(request, sizeof(request),
			 "<get-effects xmlns=\"" CLI_NS_CONFIG
			 "\"><local-address>%s</local-address>"
			 "</get-effects>",
			 address);
	else
		snprintf(request, sizeof(request), "<get-effects xmlns=\"" CLI_NS_CONFIG "\"/>");
	return request;
}
