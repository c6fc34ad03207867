/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DATAPLANE_MAIN_OPTIONS_H
#define DATAPLANE_MAIN_OPTIONS_H

/*
 * Parses the command line for hd_options(); prints help, version or an error. Returns 0, or the exit
 * status plus 1.
 */
int hd_options_parse(int argc, char **argv);

#endif
