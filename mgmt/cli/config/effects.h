/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking what a commit would do.
 */
#ifndef MGMT_CLI_CONFIG_EFFECTS_H
#define MGMT_CLI_CONFIG_EFFECTS_H

/*
 * The request get-effects. When we are run over SSH it says by which address of this machine, so that
 * the answer can tell whether this very connection would be cut. Always the same pointer.
 */
const char *cli_effects_request(void);

#endif
