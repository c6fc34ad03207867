/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DATAPLANE_MAIN_OPTIONS_H
#define DATAPLANE_MAIN_OPTIONS_H

/*
 * Parses the command line into dp_options(). Returns 0 if heddle-dp shall start. Else it has
 * printed help, the version or an error, and returns the exit status plus 1.
 */
int dp_options_parse(int argc, char **argv);

#endif
