/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which commands there are, in the order of help, completion and the man page. What each one takes and
 * does stands beside its function.
 */
#include "mgmt/cli/cli.h"

const struct cmd_option cli_global_options[] = {
	{"run-dir", 0, "DIR",
	 "the switch that runs in DIR (default: $HEDDLE_RUN_DIR, else " CLI_RUN_DIR_DEFAULT ")",
	 CMD_WORDS_DIR, true},
	{"socket", 0, "PATH", "the management socket itself (default: netconf.sock in the run-dir)",
	 CMD_WORDS_FILE, true},
	{"file", 'f', "FILE", "run the commands in FILE, one a line, up to the first that fails",
	 CMD_WORDS_FILE, true},
	{"command", 'c', "TEXT", "run the commands in TEXT; ; separates them", CMD_WORDS_NONE,
	 true},
	{"no-more", 0, NULL, "in the shell: do not stop after each screen", CMD_WORDS_NONE, true},
	{"json", 0, NULL, "print JSON instead of tables; numbers are exact", CMD_WORDS_NONE},
	{"exact", 0, NULL, "print whole numbers: 12345678 and not 12.3M", CMD_WORDS_NONE},
	{"help", 'h', NULL, "explain the command, and do nothing", CMD_WORDS_NONE},
	{"version", 'V', NULL, "print the version, and do nothing", CMD_WORDS_NONE},
	{0},
};

/* One a line: a command adds one. */
/* clang-format off */
const struct cmd *const cli_commands[] = {
	&cmd_show_ports,
	&cmd_show_switches,
	&cmd_show_segments,
	&cmd_show_gateways,
	&cmd_show_fdb,
	&cmd_show_neighbours,
	&cmd_show_routes,
	&cmd_show_drops,
	&cmd_show_planes,
	&cmd_show_workers,
	&cmd_show_version,
	&cmd_show_configuration,
	&cmd_show_history,
	&cmd_show_changes,
	&cmd_show_sessions,
	&cmd_show_events,
	&cmd_compare,
	&cmd_clear_fdb,
	&cmd_clear_neighbours,
	&cmd_clear_counters,
	&cmd_monitor,
	&cmd_monitor_events,
	&cmd_capture,
	&cmd_port_add,
	&cmd_port_show,
	&cmd_port_move,
	&cmd_port_trunk,
	&cmd_port_remove,
	&cmd_port_enable,
	&cmd_port_disable,
	&cmd_gateway_add,
	&cmd_gateway_set,
	&cmd_gateway_remove,
	&cmd_segment_add,
	&cmd_segment_remove,
	&cmd_switch_add,
	&cmd_switch_remove,
	&cmd_load_replace,
	&cmd_log_level,
	&cmd_replay,
	&cmd_doctor,
	&cmd_configure,
	&cmd_exit,
	&cmd_version,
	&cmd_help,
	&cmd_quit,
	&cmd_complete,
	&cmd_man_commands,
	NULL,
};
/* clang-format on */
