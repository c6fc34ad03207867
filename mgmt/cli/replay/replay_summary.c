/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The summary that heddle-dp writes after a replay, as tables.
 */
#include "mgmt/cli/replay/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/term/table.h"

json_t *replay_summary_read(const char *dir, struct hd_err *err)
{
	char *path = cli_asprintf("%s/summary.json", dir);
	json_error_t where;
	json_t *json = json_load_file(path, 0, &where);

	if (!json)
		hd_err_set(err, EINVAL, "%s: %s", path, where.text);
	free(path);
	return json;
}

static uint64_t number(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));

	return n > 0 ? (uint64_t)n : 0;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of an object, sorted as people count. Free the array. */
static const char **sorted_keys(const json_t *object, size_t *n)
{
	const char **keys = cli_calloc(json_object_size(object), sizeof(*keys));
	const char *key;
	json_t *value;

	*n = 0;
	json_object_foreach((json_t *)object, key, value) keys[(*n)++] = key;
	if (*n)
		qsort(keys, *n, sizeof(*keys), compare_names);
	return keys;
}

static void print_ports(struct cli *cli, const json_t *ports)
{
	static const struct cli_column columns[] = {
		{"PORT", false, false},     {"RX", true, true},      {"ADMITTED", true, true},
		{"DROPPED IN", true, true}, {"OFFERED", true, true}, {"DROPPED OUT", true, true},
		{"TX", true, true},
	};
	static const char *const fields[] = {"rx_packets", "admitted",     "ingress_drops",
					     "offered",    "egress_drops", "tx_packets"};
	struct cli_table *t = cli_table_new(columns, 7);
	size_t n;
	const char **names = sorted_keys(ports, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *port = json_object_get(ports, names[i]);
		char str[CLI_NUM_MAX];

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, names[i]);
		for (unsigned int f = 0; f < 6; f++)
			cli_table_cell(t, 1 + f, CLI_PLAIN,
				       cli_fmt_count(number(port, fields[f]), cli->exact, str));
	}
	cli_table_print(t, cli->out, cli->width, cli->color);
	cli_table_free(t);
	free(names);
}

static void print_drops(struct cli *cli, const json_t *ports)
{
	static const struct cli_column columns[] = {
		{"DROPPED AT", false, false}, {"PACKETS", true, true}, {"REASON", false, true}};
	struct cli_table *t = cli_table_new(columns, 3);
	size_t n, n_reasons;
	const char **names = sorted_keys(ports, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *drops = json_object_get(json_object_get(ports, names[i]), "drops");
		const char **reasons = sorted_keys(drops, &n_reasons);

		for (size_t r = 0; r < n_reasons; r++) {
			char str[CLI_NUM_MAX];

			cli_table_row(t);
			cli_table_cell(t, 0, CLI_PLAIN, names[i]);
			cli_table_cell(t, 1, CLI_PLAIN,
				       cli_fmt_count(number(drops, reasons[r]), cli->exact, str));
			cli_table_cell(t, 2, CLI_PLAIN, reasons[r]);
		}
		free(reasons);
	}
	if (cli_table_rows(t)) {
		fputc('\n', cli->out);
		cli_table_print(t, cli->out, cli->width, cli->color);
	}
	cli_table_free(t);
	free(names);
}

void replay_summary_print(struct cli *cli, const json_t *summary)
{
	size_t macs = json_array_size(json_object_get(summary, "macs"));
	uint64_t n = number(summary, "packets");
	char packets[CLI_NUM_MAX];

	print_ports(cli, json_object_get(summary, "ports"));
	print_drops(cli, json_object_get(summary, "ports"));
	fprintf(cli->out, "\n%s packet%s replayed, %zu address%s known\n",
		cli_fmt_count(n, cli->exact, packets), n == 1 ? "" : "s", macs,
		macs == 1 ? "" : "es");
}
