/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file, checked on this side by the model that heddle-mgmt has as well.
 */
#ifndef MGMT_CLI_COMMAND_CONFIG_FILE_H
#define MGMT_CLI_COMMAND_CONFIG_FILE_H

#include <jansson.h>

#include "heddle/base/err.h"
#include "mgmt/cli/term/mem.h"
#include "mgmt/datastore/errors.h"

/*
 * Makes of a file what goes into <config>. JSON is held to the types of its values here (a number
 * without quotes), since XML cannot tell them, and lines of set to the model; all else the switch
 * judges. Returns 0; -EBADMSG with
 * @errs when it is refused; -EINVAL with @err when it is not readable as JSON or XML at all.
 */
int cli_config_to_xml(const char *text, size_t len, struct cli_str *xml, struct ds_errors *errs,
		      struct hd_err *err);

/* Lines of set as XML, by the model; nothing else is checked. -EINVAL with @err. */
int cli_lines_to_xml(const char *text, size_t len, struct cli_str *xml, struct hd_err *err);

/*
 * The whole check, as a switch does it when it starts. Returns 0, -EBADMSG with @errs, or -ENOENT
 * with @err (the model is not installed).
 */
int cli_config_check(const char *text, size_t len, struct ds_errors *errs, struct hd_err *err);

/* The list, with "path", "tag", "app-tag" and "message" each. */
json_t *cli_config_errors_json(const struct ds_errors *errs);

#endif
