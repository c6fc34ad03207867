/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of commands. Help, completion and the man page's list of commands are made from it.
 * size-ok: it is one table.
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

static const struct cmd_option ports_options[] = {
	{"attach", 'a', NULL,
	 "of one port: how a machine attaches to it, for QEMU, libvirt and containers",
	 CMD_WORDS_NONE},
	{"rates", 'r', NULL, "also packets and bits a second, from two readings one second apart",
	 CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option fdb_options[] = {
	{"switch", 's', "NAME", "only entries of this switch", CMD_WORDS_SWITCH},
	{"segment", 0, "NAME", "only entries of this segment", CMD_WORDS_SEGMENT},
	{"vlan", 0, "ID", "only entries of this VLAN", CMD_WORDS_NONE},
	{"port", 'p', "NAME", "only entries that lead to this port", CMD_WORDS_PORT},
	{"mac", 'm', "MAC", "only this address", CMD_WORDS_NONE},
	{"limit", 'n', "N", "at most N entries (default: 1000; 0: all)", CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option clear_options[] = {
	{"switch", 's', "NAME", "only entries of this switch", CMD_WORDS_SWITCH},
	{"segment", 0, "NAME", "only entries of this segment", CMD_WORDS_SEGMENT},
	{"vlan", 0, "ID", "only entries of this VLAN", CMD_WORDS_NONE},
	{"port", 'p', "NAME", "only entries that lead to this port", CMD_WORDS_PORT},
	{"mac", 'm', "MAC", "only this address", CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option drops_options[] = {
	{"all", 'a', NULL, "also reasons that did not happen", CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option monitor_options[] = {
	{"interval", 'i', "SECONDS", "time between two readings, 0.1 to 3600 (default: 1)",
	 CMD_WORDS_NONE},
	{"count", 'n', "N", "end after N readings (default: go on)", CMD_WORDS_NONE},
	{"sort", 's', "KEY", "sort by what this key of the screen sorts by: n r t i o d s",
	 CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option configuration_options[] = {
	{"display", 'd', "FORMAT", "text (the default), json, xml or set", CMD_WORDS_DISPLAY},
	{0},
};

static const struct cmd_option history_options[] = {
	{"limit", 'n', "N", "at most N of them (default: 50, as many as there are)",
	 CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option events_options[] = {
	{"count", 'n', "N", "end after N events", CMD_WORDS_NONE},
	{"all", 'a', NULL, "also sessions that begin and end", CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option load_options[] = {
	{"check", 'c', NULL, "say whether it would be accepted, and change nothing",
	 CMD_WORDS_NONE},
	{0},
};

#define CHECK                                                                               \
	{                                                                                   \
		"check", 0, NULL, "say what it would do to the switch, and change nothing", \
			CMD_WORDS_NONE                                                      \
	}
#define SWITCH                                                                                    \
	{                                                                                         \
		"switch", 's', "NAME", "of this switch (default: the only one)", CMD_WORDS_SWITCH \
	}
#define DESCRIPTION                                                           \
	{                                                                     \
		"description", 0, "TEXT", "a note for people", CMD_WORDS_NONE \
	}

static const struct cmd_option port_add_options[] = {
	SWITCH,
	{"access", 'a', "SEGMENT", "in this segment or VLAN, without tags", CMD_WORDS_SEGMENT},
	{"trunk", 't', "LIST", "in these segments and VLANs, with tags: office,lab,100-200",
	 CMD_WORDS_VLANS},
	{"native", 0, "SEGMENT", "on a trunk: the segment or VLAN of frames without a tag",
	 CMD_WORDS_SEGMENT},
	DESCRIPTION,
	{"disabled", 0, NULL, "make it, and leave it down", CMD_WORDS_NONE},
	{"transient", 0, NULL, "for a machine that comes and goes: it does not outlive a boot",
	 CMD_WORDS_NONE},
	CHECK,
	{0},
};

static const struct cmd_option port_move_options[] = {
	{"access", 'a', "SEGMENT", "into this segment or VLAN, without tags", CMD_WORDS_SEGMENT},
	SWITCH,
	CHECK,
	{0},
};

static const struct cmd_option port_trunk_options[] = {
	{"native", 0, "SEGMENT", "the segment or VLAN of frames without a tag", CMD_WORDS_SEGMENT},
	SWITCH,
	CHECK,
	{0},
};

static const struct cmd_option check_options[] = {
	CHECK,
	{0},
};

static const struct cmd_option segment_add_options[] = {
	SWITCH,
	{"vlan", 'v', "ID", "the VLAN id on uplinks and trunks (default: untagged there)",
	 CMD_WORDS_NONE},
	{"uplink", 'u', "PORT",
	 "bridged: joined to the network behind this port; several: eth1,eth2", CMD_WORDS_PORT},
	{"bridged", 0, NULL, "bridged, without an uplink yet", CMD_WORDS_NONE},
	{"host-only", 0, NULL, "joined to nothing but its ports and the host", CMD_WORDS_NONE},
	{"interface", 'i', "NAME", "the host has this interface in it", CMD_WORDS_NEW},
	{"address", 0, "ADDRESS", "of that interface, with its length: 192.168.56.1/24",
	 CMD_WORDS_NONE},
	DESCRIPTION,
	CHECK,
	{0},
};

static const struct cmd_option segment_remove_options[] = {
	SWITCH,
	CHECK,
	{0},
};

static const struct cmd_option switch_add_options[] = {
	DESCRIPTION,
	CHECK,
	{0},
};

static const struct cmd_option replay_options[] = {
	{"config", 'c', "FILE", "the configuration to send the packets through", CMD_WORDS_FILE},
	{"input", 'i', "PORT=FILE", "the capture that comes in at a port; once for each port",
	 CMD_WORDS_PORT_FILE},
	{"output", 'o', "DIR", "where PORT.pcap and summary.json are written; made if needed",
	 CMD_WORDS_DIR},
	{"expect", 'e', "DIR", "compare each capture in DIR with the output of the same name",
	 CMD_WORDS_DIR},
	{"ignore-time", 0, NULL, "with --expect: packets may have other times", CMD_WORDS_NONE},
	{"batch", 'b', "N",
	 "packets that are handled together, 1 to 256; does not change the result", CMD_WORDS_NONE},
	{0},
};

static const struct cmd_option doctor_options[] = {
	{"config", 'c', "FILE", "also check what this configuration needs", CMD_WORDS_FILE},
	{"conf", 0, "FILE", "heddled will read FILE (default: /etc/heddle/heddled.conf)",
	 CMD_WORDS_FILE},
	{"workers", 'w', "N", "heddled will be given --workers N", CMD_WORDS_NONE},
	{"cpus", 0, "LIST", "heddled will be given --cpus LIST", CMD_WORDS_NONE},
	{"hugepages", 0, "MODE", "heddled will be given --hugepages MODE: auto, yes or no",
	 CMD_WORDS_HUGEPAGES},
	{"memory", 0, "MB", "heddled will be given --memory MB", CMD_WORDS_NONE},
	{"vhost-dir", 0, "DIR", "heddled will be given --vhost-dir DIR", CMD_WORDS_DIR},
	{"netns-dir", 0, "DIR", "heddled will be given --netns-dir DIR", CMD_WORDS_DIR},
	{0},
};

const struct cmd cli_commands[] = {
	{
		.name = "show ports",
		.args = "[NAME]",
		.summary = "ports, their state, VLANs and counters",
		.text = "Without NAME a table: kind, switch, VLANs, whether the port is up or why it is not, "
			"packets received and sent, and packets dropped at the port for any reason.\n"
			"\n"
			"With NAME everything about one port; when it is down, what is wrong and what would "
			"mend it.",
		.options = ports_options,
		.max_args = 1,
		.words = CMD_WORDS_PORT,
		.run = cmd_show_ports,
	},
	{
		.name = "show switches",
		.args = "[NAME]",
		.summary = "switches, with the number of their segments, ports and addresses",
		.max_args = 1,
		.words = CMD_WORDS_SWITCH,
		.run = cmd_show_switches,
	},
	{
		.name = "show segments",
		.args = "[NAME]",
		.summary = "segments: VLAN, kind, uplinks, ports that are in them",
		.max_args = 1,
		.words = CMD_WORDS_SEGMENT,
		.run = cmd_show_segments,
	},
	{
		.name = "show fdb",
		.args = "",
		.summary = "the forwarding database: which address is behind which port",
		.text = "Options narrow it down, and the switch does the looking. Entries come in no particular "
			"order from the switch; the table is sorted by switch, VLAN and address.",
		.options = fdb_options,
		.run = cmd_show_fdb,
	},
	{
		.name = "show drops",
		.args = "[PORT]",
		.summary = "dropped packets by reason, what each means and what would mend it",
		.text = "Every packet that is not delivered is counted for one reason at one port: where it came "
			"in, or where it was to leave. Reasons without any packets are left out, but for "
			"--all.",
		.options = drops_options,
		.max_args = 1,
		.words = CMD_WORDS_PORT,
		.run = cmd_show_drops,
	},
	{
		.name = "show planes",
		.args = "",
		.summary = "the processes of the switch: alive, since when, restarts, memory",
		.run = cmd_show_planes,
	},
	{
		.name = "show version",
		.args = "",
		.summary = "version of the running switch and of this command",
		.run = cmd_show_version,
	},
	{
		.name = "show configuration",
		.args = "[running | candidate | startup]",
		.summary = "the configuration that runs, is edited, or is taken at the next boot",
		.text = "What is set, without defaults. In the forms set, json and xml it can be loaded again. "
			"Secrets are shown only to those who may see them.",
		.options = configuration_options,
		.max_args = 1,
		.words = CMD_WORDS_DATASTORE,
		.configuration = true,
		.run = cmd_show_configuration,
	},
	{
		.name = "show history",
		.args = "",
		.summary = "commits that can be gone back to, the newest first",
		.text = "N is the number that rollback takes in configuration mode.",
		.options = history_options,
		.run = cmd_show_history,
	},
	{
		.name = "show changes",
		.args = "",
		.summary = "edits in the candidate that nobody committed yet, and whose they are",
		.run = cmd_show_changes,
	},
	{
		.name = "show sessions",
		.args = "",
		.summary = "who is connected to the management plane",
		.run = cmd_show_sessions,
	},
	{
		.name = "show events",
		.args = "[EVENT...]",
		.summary = "what happened lately: ports up and down, addresses that moved, commits",
		.options = events_options,
		.max_args = 64,
		.words = CMD_WORDS_EVENT,
		.run = cmd_events,
	},
	{
		.name = "clear fdb",
		.args = "",
		.summary = "forget learned addresses; static ones stay",
		.options = clear_options,
		.run = cmd_clear_fdb,
	},
	{
		.name = "clear counters",
		.args = "[PORT...]",
		.summary = "count packets and drops of ports from 0 again",
		.text = "What adds up goes on adding up: all counters of a port are cleared at the same moment. "
			"Counters of the workers, which are for the whole switch, go on.",
		.max_args = 1024,
		.words = CMD_WORDS_PORT,
		.run = cmd_clear_counters,
	},
	{
		.name = "monitor",
		.args = "[PORT...]",
		.summary = "live packet, bit and drop rates of the ports",
		.text = "On a terminal a screen that is redrawn; q ends it, h explains its keys: n, r, t, i, o, "
			"d and s sort by name, packets received and sent, bits received and sent, drops "
			"and state; / shows only ports with a text in their names. Without a terminal, "
			"lines: one for each port and interval, or with --json an object a line.",
		.options = monitor_options,
		.max_args = 1024,
		.words = CMD_WORDS_PORT,
		.screen = true,
		.run = cmd_monitor,
	},
	{
		.name = "monitor events",
		.args = "[EVENT...]",
		.summary = "what happens, as it happens",
		.text = "A line for each event; Ctrl-C ends it.",
		.options = events_options,
		.max_args = 64,
		.words = CMD_WORDS_EVENT,
		.screen = true,
		.run = cmd_events,
	},
	{
		.name = "port add",
		.args = "NAME KIND",
		.summary = "add a port: a machine, a namespace or a network card",
		.text = "One transaction: the port is committed and saved, and edits that somebody left in "
			"the candidate are not touched. KIND says what is behind the port, and has "
			"options of its own, which stand after it. What the change does to the "
			"switch is shown.",
		.options = port_add_options,
		.min_args = 2,
		.max_args = 2,
		.words = CMD_WORDS_NEW,
		.words2 = CMD_WORDS_KIND,
		.kinds = true,
		.run = cmd_port_add,
	},
	{
		.name = "port show",
		.args = "NAME",
		.summary =
			"everything about one port, as show ports NAME; how a machine attaches to it",
		.options = ports_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_PORT,
		.run = cmd_show_ports,
	},
	{
		.name = "port move",
		.args = "NAME",
		.summary = "put a port into another segment",
		.text = "Whatever segments and VLANs the port was in before, it leaves.",
		.options = port_move_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_PORT,
		.run = cmd_port_move,
	},
	{
		.name = "port trunk",
		.args = "NAME LIST",
		.summary = "put a port into several segments and VLANs, with tags",
		.text = "LIST is segments, VLAN ids and ranges: office,lab,100-200. Whatever the port was in "
			"before and is not listed, it leaves.",
		.options = port_trunk_options,
		.min_args = 2,
		.max_args = 2,
		.words = CMD_WORDS_PORT,
		.words2 = CMD_WORDS_VLANS,
		.run = cmd_port_trunk,
	},
	{
		.name = "port remove",
		.args = "NAME...",
		.summary = "remove ports, also transient ones",
		.options = check_options,
		.min_args = 1,
		.max_args = 1024,
		.words = CMD_WORDS_PORT,
		.run = cmd_port_remove,
	},
	{
		.name = "port enable",
		.args = "NAME",
		.summary = "let a port come up",
		.options = check_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_PORT,
		.run = cmd_port_enable,
	},
	{
		.name = "port disable",
		.args = "NAME",
		.summary = "take a port down",
		.options = check_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_PORT,
		.run = cmd_port_enable,
	},
	{
		.name = "segment add",
		.args = "NAME",
		.summary = "add a segment: a VLAN of a switch, with a name",
		.text = "It is bridged (--uplink, --bridged) or --host-only. With --address or --interface the "
			"host has an interface in it (default: hd-NAME).",
		.options = segment_add_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_NEW,
		.run = cmd_segment,
	},
	{
		.name = "segment remove",
		.args = "NAME",
		.summary = "remove a segment that no port is in",
		.options = segment_remove_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_SEGMENT,
		.run = cmd_segment,
	},
	{
		.name = "switch add",
		.args = "NAME",
		.summary = "add a switch",
		.options = switch_add_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_NEW,
		.run = cmd_switch,
	},
	{
		.name = "switch remove",
		.args = "NAME",
		.summary = "remove a switch, with its segments; no port is on it any more",
		.options = check_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_SWITCH,
		.run = cmd_switch,
	},
	{
		.name = "load",
		.args = "FILE",
		.summary = "make FILE the running configuration",
		.text = "FILE is lines of set, JSON or XML; - reads the standard input. It replaces the whole running "
			"configuration, or, when anything in it is wrong, nothing at all. What is the same in both "
			"is not touched and loses no packet. What it does to the live switch, and what "
			"in it is probably not meant, is said before.\n"
			"\n"
			"With --check nothing is changed. When no switch runs, the file is checked by heddle-mgmt "
			"on its own.",
		.options = load_options,
		.min_args = 1,
		.max_args = 1,
		.words = CMD_WORDS_FILE,
		.run = cmd_load,
	},
	{
		.name = "replay",
		.args = "-c FILE -i PORT=FILE [-i ...] -o DIR",
		.summary = "send captures through a configuration, without a running switch",
		.text = "Runs the programs of the switch on the captures' own clock: no root, no hugepages, and the "
			"same result each time. Ports of the configuration are found by their names; their "
			"kinds do not count. DIR gets a capture for each port, and summary.json.\n"
			"\n"
			"With --expect each capture in that folder is compared with the output of the same name, "
			"packet by packet; the first difference of each port is explained. Exit status 0: "
			"the same, 1: different, 2: it could not be done.",
		.options = replay_options,
		.run = cmd_replay,
	},
	{
		.name = "doctor",
		.args = "",
		.summary = "check this machine for what a switch needs, and say how to mend it",
		.text = "Checks what usually goes wrong when a switch is started: permissions, devices, memory, "
			"CPUs, folders, namespaces and network cards that the configuration names. Nothing is "
			"changed. Exit status 0: no problem (there may be warnings), 1: at least one.",
		.options = doctor_options,
		.run = cmd_doctor,
	},
	{
		.name = "configure",
		.args = "[shared | exclusive | private]",
		.summary = "change the configuration: edit, look at what it does, commit",
		.text = "Begins configuration mode, which has commands of its own (see CONFIGURATION MODE). "
			"shared, the default, edits the candidate that all see; exclusive keeps others "
			"from editing meanwhile; private edits a copy that nobody else sees.",
		.max_args = 1,
		.words = CMD_WORDS_MODE,
		.run = cmd_configure,
		.shell = true,
	},
	{
		.name = "exit",
		.args = "",
		.summary = "leave the shell (also: Ctrl-D)",
		.run = cmd_exit,
		.shell = true,
	},
	{
		.name = "version",
		.args = "",
		.summary = "version of this command",
		.run = cmd_version,
	},
	{
		.name = "help",
		.args = "[COMMAND]",
		.summary = "list the commands, or explain one",
		.max_args = 2,
		.words = CMD_WORDS_COMMAND,
		.run = cmd_help,
	},
	{
		.name = "quit",
		.args = "",
		.summary = "leave the shell",
		.run = cmd_exit,
		.shell = true,
		.hidden = true,
	},
	{
		.name = "complete",
		.args = "-- WORD...",
		.summary = "words that could come next; for the shell's completion",
		.max_args = 1024,
		.words = CMD_WORDS_COMMAND,
		.run = cmd_complete,
		.hidden = true,
	},
	{
		.name = "man-commands",
		.args = "",
		.summary = "the man page's list of commands, in roff",
		.run = cmd_help,
		.hidden = true,
	},
	{0},
};
