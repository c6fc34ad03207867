/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle replay: the ordinary programs, on captures.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/base/name.h"
#include "mgmt/cli/command/instance.h"
#include "mgmt/cli/command/program.h"
#include "mgmt/cli/replay/replay.h"
#include "mgmt/cli/replay/replay_diff.h"

#define PORTS_MAX 65536

struct args {
	const char **list; /* NULL at the end */
	size_t n;
};

static void add(struct args *args, const char *word)
{
	args->list = cli_realloc(args->list, (args->n + 2) * sizeof(*args->list));
	args->list[args->n++] = word;
	args->list[args->n] = NULL;
}

/* One -i PORT=FILE or PORT@INTERFACE=FILE, in pieces. */
struct input {
	char *port, *interface; /* NULL: all of the file */
	const char *file;
};

static void input_free(struct input *in)
{
	free(in->port);
	free(in->interface);
}

static bool input_parse(const char *value, struct input *in)
{
	size_t left = strcspn(value, "="), len = strcspn(value, "@=");

	*in = (struct input){.file = value + left + 1};
	if (!len || !value[left] || !value[left + 1] || len + 1 == left) {
		cli_error(
			"-i %s: PORT=FILE is needed, like -i web1=web1.pcap, or PORT@INTERFACE=FILE "
			"for one interface of a pcapng file",
			value);
		return false;
	}
	in->port = cli_strndup(value, len);
	if (len < left)
		in->interface = cli_strndup(value + len + 1, left - len - 1);
	if (hd_name_valid(in->port, len + 1))
		return true;
	cli_error("-i %s: \"%s\" cannot be the name of a port", value, in->port);
	input_free(in);
	return false;
}

/* Is it a capture at all? What it holds is looked at by heddle-dp, before it runs anything. */
static bool check_input(const char *value)
{
	struct hd_capture *capture;
	struct hd_err err;
	struct input in;
	int rc;

	if (!input_parse(value, &in))
		return false;
	rc = cli_diff_open(&capture, in.file, in.interface, &err);
	if (rc < 0)
		cli_error("%s", err.text);
	else
		hd_capture_close(capture);
	input_free(&in);
	return rc == 0;
}

static bool same_port(const char *a, const char *b)
{
	size_t len = strcspn(a, "@=");

	return strcspn(b, "@=") == len && strncmp(a, b, len) == 0;
}

static bool check_inputs(const struct cmd_line *line)
{
	size_t n = 0;

	for (size_t i = 0; i < line->n_values; i++) {
		if (strcmp(line->values[i].option->name, "input") != 0)
			continue;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(line->values[j].option->name, "input") == 0 &&
			    same_port(line->values[i].value, line->values[j].value)) {
				cli_error("-i %s: the port has a capture already (%s). Merge them "
					  "with: mergecap -w FILE A B",
					  line->values[i].value, line->values[j].value);
				return false;
			}
		}
		if (!check_input(line->values[i].value))
			return false;
		n++;
	}
	if (!n)
		cli_error("replay: a capture is needed: -i PORT=FILE");
	return n != 0;
}

/* The ports that the configuration has: interfaces, and host interfaces of segments. */
static size_t port_names(const struct lyd_node *tree, const char **names, size_t max)
{
	size_t n = 0;

	cli_xml_foreach(port, cli_xml_child(tree, "interfaces"), "interface")
	{
		if (n < max)
			names[n++] = cli_xml_text(port, "name");
	}
	cli_xml_foreach(sw, cli_xml_child(tree, "switches"), "switch")
	{
		cli_xml_foreach(seg, sw, "segment")
		{
			const char *host =
				cli_xml_text(cli_xml_child(seg, "host-interface"), "name");

			if (*host && n < max)
				names[n++] = host;
		}
	}
	return n;
}

static bool is_one_of(const char *name, const char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Would a result be written over the configuration? (The captures are looked at by heddle-dp.) */
static bool is_in_the_way(const struct cmd_line *line, const char *result)
{
	char *path = cli_asprintf("%s/%s", cmd_value(line, "output"), result);
	bool is = is_same_file(path, cmd_value(line, "config"));

	if (is)
		cli_error(
			"-o %s: %s in it is the configuration, and would be replaced; choose another "
			"folder",
			cmd_value(line, "output"), result);
	free(path);
	return is;
}

static bool check_folder(const struct cmd_line *line, const char **names, size_t n)
{
	const char *want = cmd_value(line, "expect");
	bool good = !is_in_the_way(line, "summary.json");

	for (size_t i = 0; good && i < n; i++) {
		char *file = cli_asprintf("%s.pcap", names[i]);

		good = !is_in_the_way(line, file);
		free(file);
	}
	if (!good || !want || !is_same_file(want, cmd_value(line, "output")))
		return good;
	cli_error(
		"--expect %s is the folder that the results are written to: they would replace what "
		"they are compared with",
		want);
	return false;
}

/*
 * Does each -i name a port? A file that cannot be read as a configuration is left to heddle-mgmt,
 * which says more about it.
 */
static bool check_ports(const struct cmd_line *line)
{
	static const char *names[PORTS_MAX];
	const char *config = cmd_value(line, "config");
	struct lyd_node *tree;
	bool good = true;
	size_t n;

	if (cli_instance_tree(config, &tree, NULL) < 0)
		return check_folder(line, NULL, 0);
	n = port_names(tree, names, PORTS_MAX);
	good = check_folder(line, names, n);
	for (size_t i = 0; good && n < PORTS_MAX && i < line->n_values; i++) {
		const char *value = line->values[i].value;
		char *port;

		if (strcmp(line->values[i].option->name, "input") != 0)
			continue;
		port = cli_strndup(value, strcspn(value, "@="));
		good = is_one_of(port, names, n);
		if (!good)
			cli_error("-i %s: %s has no port \"%s\"%s", value, config, port,
				  cli_did_you_mean(port, names, n));
		free(port);
	}
	lyd_free_all(tree);
	return good;
}

static bool check_needed(const struct cmd_line *line)
{
	unsigned long number;

	if (!cmd_value(line, "config"))
		cli_error("replay: the configuration is needed: -c FILE");
	else if (access(cmd_value(line, "config"), R_OK) < 0)
		cli_error("%s: %s", cmd_value(line, "config"), strerror(errno));
	else if (!cmd_value(line, "output"))
		cli_error("replay: a folder for the results is needed: -o DIR");
	else
		return cmd_number(line, "batch", 1, 256, &number) &&
		       cmd_number(line, "explain", 1, UINT32_MAX, &number) && check_inputs(line) &&
		       check_ports(line);
	return false;
}

static pid_t start_dp(const struct cmd_line *line, int fd, struct hd_err *err)
{
	struct args args = {0};
	char fd_text[16];
	pid_t pid;

	snprintf(fd_text, sizeof(fd_text), "%d", fd);
	add(&args, "heddle-dp");
	add(&args, "--replay");
	add(&args, "--mgmt-fd");
	add(&args, fd_text);
	for (size_t i = 0; i < line->n_values; i++) {
		if (strcmp(line->values[i].option->name, "input") != 0)
			continue;
		add(&args, "-i");
		add(&args, line->values[i].value);
	}
	add(&args, "-o");
	add(&args, cmd_value(line, "output"));
	if (cmd_value(line, "batch")) {
		add(&args, "--batch");
		add(&args, cmd_value(line, "batch"));
	}
	if (cmd_value(line, "explain")) {
		add(&args, "--explain");
		add(&args, cmd_value(line, "explain"));
	}
	if (isatty(STDERR_FILENO))
		add(&args, "--progress");
	add(&args, "--log-level");
	add(&args, "warning");
	pid = cli_program_start("heddle-dp", args.list, fd, err);
	free(args.list);
	return pid;
}

static pid_t start_mgmt(const struct cmd_line *line, int fd, struct hd_err *err)
{
	char fd_text[16];
	const char *args[] = {"heddle-mgmt", "--offline", "-c",          cmd_value(line, "config"),
			      "--dp-fd",     fd_text,     "--log-level", "warning",
			      NULL};

	snprintf(fd_text, sizeof(fd_text), "%d", fd);
	return cli_program_start("heddle-mgmt", args, fd, err);
}

/* Both programs on a socket pair, until both have ended. 0, or an exit status after a message. */
static int run(const struct cmd_line *line)
{
	struct hd_err err = {0};
	pid_t dp, mgmt = -1;
	int fds[2], dp_rc = 0, mgmt_rc = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		cli_error("socketpair: %s", strerror(errno));
		return CLI_USAGE;
	}
	dp = start_dp(line, fds[0], &err);
	if (dp > 0)
		mgmt = start_mgmt(line, fds[1], &err);
	close(fds[0]);
	close(fds[1]);
	if (mgmt > 0)
		mgmt_rc = cli_program_wait(mgmt);
	if (dp > 0)
		dp_rc = cli_program_wait(dp);
	if (dp < 0 || mgmt < 0) {
		cli_error("%s", err.text);
		return CLI_USAGE;
	}
	if (dp_rc == 0 && mgmt_rc == 0)
		return CLI_OK;
	if (dp_rc >= 128)
		cli_error("heddle-dp was killed by signal %d (%s)", dp_rc - 128,
			  strsignal(dp_rc - 128));
	else
		cli_error("the replay failed");
	return CLI_USAGE;
}

/* Frames that were cut: how to do it better. Others are in the table of drops. */
static void warn_of_cut(const struct cmd_line *line, const json_t *summary)
{
	for (size_t i = 0; i < line->n_values; i++) {
		const json_t *port;
		struct input in;
		json_int_t cut;

		if (strcmp(line->values[i].option->name, "input") != 0 ||
		    !input_parse(line->values[i].value, &in))
			continue;
		port = json_object_get(json_object_get(summary, "ports"), in.port);
		cut = json_integer_value(
			json_object_get(json_object_get(port, "drops"), "capture_cut"));
		if (cut)
			cli_error(
				"warning: %s: %lld of %lld packets were cut when they were captured, "
				"and are dropped. Capture with: tcpdump -s 0 -w FILE",
				in.file, (long long)cut,
				(long long)json_integer_value(json_object_get(port, "rx_packets")));
		input_free(&in);
	}
}

/* Compares with what is expected, if asked. Returns the exit status; -errno with @err. */
static int expect(struct cli *cli, const struct cmd_line *line, json_t *json, struct hd_err *err)
{
	struct replay_expect result;
	int rc;

	if (!cmd_value(line, "expect"))
		return CLI_OK;
	rc = replay_expect_compare(cli, cmd_value(line, "expect"), cmd_value(line, "output"),
				   cmd_has(line, "ignore-time"), &result, err);
	if (rc < 0)
		return rc;
	json_object_set_new(
		json, "expect",
		json_pack("{s:b, s:o}", "equal", result.different == 0, "ports", result.ports));
	if (!cli->json && result.different)
		fprintf(cli->out, "%u of %u captures differ from what is expected\n",
			result.different, result.equal + result.different);
	else if (!cli->json)
		fprintf(cli->out, "%u capture%s as expected\n", result.equal,
			result.equal == 1 ? " is" : "s are");
	return result.different ? CLI_REFUSED : CLI_OK;
}

static int run_replay(struct cli *cli, const struct cmd_line *line)
{
	struct hd_err err = {0};
	json_t *summary, *json;
	int rc;

	if (!check_needed(line))
		return CLI_USAGE;
	rc = run(line);
	if (rc)
		return rc;
	summary = replay_summary_read(cmd_value(line, "output"), &err);
	if (!summary) {
		cli_error("%s", err.text);
		return CLI_USAGE;
	}
	warn_of_cut(line, summary);
	if (!cli->json)
		replay_summary_print(cli, summary);
	json = json_pack("{s:o}", "summary", summary);
	rc = expect(cli, line, json, &err);
	if (cli->json && rc >= 0)
		cli_json_print(cli, json);
	else
		json_decref(json);
	if (rc < 0) {
		cli_error("%s", err.text);
		return CLI_USAGE;
	}
	return rc;
}

/* "PORT=" for the ports of the configuration file that was named before. */
static void offer_port_file(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	struct lyd_node *tree;

	if (!ask->config || strchr(ask->typed, '=')) {
		fn(arg, &(struct cli_offer){CLI_OFFER_FILE, "PORT=FILE", "a port and a capture"});
		return;
	}
	cli_instance_tree(ask->config, &tree, NULL);
	cli_xml_foreach(port, cli_xml_child(tree, "interfaces"), "interface")
	{
		char *word = cli_asprintf("%s=", cli_xml_text(port, "name"));

		fn(arg, &(struct cli_offer){CLI_OFFER_WORD, word, ""});
		free(word);
	}
	lyd_free_all(tree);
}

static const struct cmd_words words_port_file = {.offer = offer_port_file};

static const struct cmd_option replay_options[] = {
	{"config", 'c', "FILE", "the configuration to send the packets through", &words_file},
	{"input", 'i', "PORT=FILE",
	 "the capture that comes in at a port; once for each port. PORT@INTERFACE=FILE: of one "
	 "interface of a pcapng file, by its name or number",
	 &words_port_file},
	{"output", 'o', "DIR", "where PORT.pcap and summary.json are written; made if needed",
	 &words_dir},
	{"expect", 'e', "DIR", "compare each capture in DIR with the output of the same name",
	 &words_dir},
	{"ignore-time", 0, NULL, "with --expect: packets may have other times", NULL},
	{"batch", 'b', "N",
	 "packets that are handled together, 1 to 256; does not change the result", NULL},
	{"explain", 0, "N",
	 "say what each stage of the switch does to packet N of all captures, by time, from 1",
	 NULL},
	{0},
};

CMD_REGISTER(cmd_replay) = {
	.part = CMD_PART_REST,
	.place = 30,
	.name = "replay",
	.args = "-c FILE -i PORT=FILE [-i ...] -o DIR",
	.summary = "send captures through a configuration, without a running switch",
	.text = "Runs the programs of the switch on the captures' own clock: no root, no hugepages, and the "
		"same result each time. Ports of the configuration are found by their names; their "
		"kinds do not count. DIR gets a capture for each port, and summary.json, when all is "
		"over; what an earlier replay left there goes.\n"
		"\n"
		"Captures are pcap or pcapng files; one that is damaged or compressed is refused before "
		"anything runs. A frame that cannot be used (cut, longer than 64 KB, not Ethernet) is a "
		"drop. The results are pcap with nanoseconds, or pcapng where times are after 2106. No "
		"result is written over a file that is read.\n"
		"\n"
		"With --explain the way of one packet is told on the standard error, line by line: its VLAN, "
		"where its addresses are known, what gateways do with it, by which ports it and what comes "
		"of it leave, or why it is dropped.\n"
		"\n"
		"With --expect each capture in that folder is compared with the output of the same name, "
		"packet by packet; the first difference of each port is explained. Exit status 0: "
		"the same, 1: different, 2: it could not be done.",
	.options = replay_options,
	.run = run_replay,
};
