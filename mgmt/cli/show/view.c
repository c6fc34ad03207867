/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/show/view.h"

#include <inttypes.h>
#include <stdlib.h>

#include "heddle/base/clock.h"
#include "mgmt/cli/term/format.h"

#define PAGE          1000 /* entries that are asked for at once */
#define LIMIT_DEFAULT 1000 /* as VIEW_OPTION_LIMIT says */
#define LIMIT_MAX     100000000

void view_rows_add(struct view_rows *rows, const struct lyd_node *node, const char *element)
{
	cli_xml_foreach(row, node, element)
	{
		if (rows->n == rows->room) {
			rows->room = rows->room ? rows->room * 2 : 256;
			rows->at = cli_realloc(rows->at, rows->room * sizeof(*rows->at));
		}
		rows->at[rows->n++] = row;
	}
}

static void add_reply(struct view_rows *rows, struct lyd_node *reply)
{
	const struct lyd_node *output = cli_xml_child(reply, "output");

	rows->replies = cli_realloc(rows->replies, (rows->n_replies + 1) * sizeof(*rows->replies));
	rows->replies[rows->n_replies++] = reply;
	output = output ? output : reply; /* some servers have such an element, some do not */
	view_rows_add(rows, output, "entry");
	rows->cursor = cli_xml_u64(output, "cursor");
	rows->total = cli_xml_u64(output, "entries");
	rows->capacity = cli_xml_u64(output, "capacity");
}

/* At most @limit entries; 0: all. An exit status after a message. */
static int fetch(struct cli_client *client, const struct view_table *table, const char *filter,
		 uint64_t limit, struct view_rows *rows)
{
	int rc;

	do {
		uint64_t want = limit && limit - rows->n < PAGE ? limit - rows->n : PAGE;
		struct cli_str xml = {0};
		struct lyd_node *reply;

		cli_str_printf(&xml,
			       "<%s xmlns=\"%s\">%s<limit>%" PRIu64 "</limit><cursor>%" PRIu64
			       "</cursor></%s>",
			       table->op, table->ns, filter, want, rows->cursor, table->op);
		rc = cli_request(client, xml.text, &reply);
		cli_str_free(&xml);
		if (rc == 0)
			add_reply(rows, reply);
	} while (rc == 0 && rows->cursor && (!limit || rows->n < limit));
	return rc;
}

void view_rows_free(struct view_rows *rows)
{
	for (size_t i = 0; i < rows->n_replies; i++)
		lyd_free_all(rows->replies[i]);
	free(rows->replies);
	free(rows->at);
}

static const char *number_text(const struct cli *cli, enum view_type type, uint64_t n,
			       char str[CLI_NUM_MAX])
{
	switch (type) {
	case VIEW_COUNT: return cli_fmt_count(n, cli->exact, str);
	case VIEW_BYTES: return cli_fmt_bytes(n, cli->exact, str);
	case VIEW_SECONDS: return n ? cli_fmt_duration(n * HD_NS_PER_S, str) : "0s";
	case VIEW_MS: return cli_fmt_duration(n * HD_NS_PER_MS, str);
	default: return "";
	}
}

/* A count, size or duration that is not there is 0, unless it may be absent. */
static bool is_zero_without_leaf(const struct view_column *c)
{
	return c->type == VIEW_FLAG || (c->type != VIEW_TEXT && c->type != VIEW_NUMBER &&
					!(c->flags & (VIEW_NULL | VIEW_OMIT)));
}

static void cell(struct cli *cli, struct cli_table *t, unsigned int at, const struct view_column *c,
		 const struct lyd_node *row)
{
	enum cli_style style = c->style ? c->style(row) : CLI_PLAIN;
	const char *leaf = c->leaf ? cli_xml_text(row, c->leaf) : "";
	uint64_t n = c->leaf ? cli_xml_u64(row, c->leaf) : 0;
	char str[CLI_NUM_MAX];
	char *own;

	if (c->text) {
		own = c->text(row);
		cli_table_cell(t, at, style, own);
		free(own);
	} else if (!*leaf && !is_zero_without_leaf(c)) {
		cli_table_cell(t, at, style, c->none ? c->none : "");
	} else if (n == 0 && c->flags & VIEW_NO_ZERO) {
		cli_table_cell(t, at, style, "");
	} else if (c->type == VIEW_FLAG) {
		cli_table_cell(t, at, style, cli_xml_true(row, c->leaf) ? "yes" : "no");
	} else if (c->type == VIEW_TEXT || c->type == VIEW_NUMBER) {
		cli_table_cell(t, at, style, leaf);
	} else {
		cli_table_cell(t, at, style, number_text(cli, c->type, n, str));
	}
}

void view_print(struct cli *cli, const struct view *view, const struct view_rows *rows)
{
	struct cli_column columns[CLI_TABLE_COLUMNS_MAX];
	struct cli_table *t;
	unsigned int n = 0;

	if (!rows->n)
		return;
	for (const struct view_column *c = view->columns; c->title || c->name; c++)
		if (c->title)
			columns[n++] = (struct cli_column){
				c->title, c->type != VIEW_TEXT && c->type != VIEW_FLAG,
				!(c->flags & VIEW_WRAP)};
	t = cli_table_new(columns, n);
	for (size_t i = 0; i < rows->n; i++) {
		cli_table_row(t);
		n = 0;
		for (const struct view_column *c = view->columns; c->title || c->name; c++)
			if (c->title)
				cell(cli, t, n++, c, rows->at[i]);
	}
	cli_table_print(t, cli->out, cli->width, cli->color);
	cli_table_free(t);
}

/* NULL: the row has nothing of it. */
static json_t *value(const struct view_column *c, const struct lyd_node *row)
{
	const char *leaf = c->leaf ? cli_xml_text(row, c->leaf) : "";
	json_t *json;
	char *own;

	if (!c->leaf) {
		own = c->text(row);
		json = json_string(own);
		free(own);
		return json;
	}
	if (!*leaf && c->flags & (VIEW_NULL | VIEW_OMIT))
		return c->flags & VIEW_NULL ? json_null() : NULL;
	if (c->type == VIEW_TEXT)
		return json_string(leaf);
	if (c->type == VIEW_FLAG)
		return json_boolean(cli_xml_true(row, c->leaf));
	return json_integer((json_int_t)cli_xml_u64(row, c->leaf));
}

json_t *view_json(const struct view *view, const struct view_rows *rows)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->n; i++) {
		json_t *object = json_object();

		for (const struct view_column *c = view->columns; c->title || c->name; c++) {
			json_t *json = c->name ? value(c, rows->at[i]) : NULL;

			if (json)
				json_object_set_new(object, c->name, json);
		}
		json_array_append_new(list, object);
	}
	return list;
}

void view_show(struct cli *cli, const struct view *view, const struct lyd_node *node,
	       const char *element)
{
	struct view_rows rows = {0};

	view_rows_add(&rows, node, element);
	if (cli->json)
		cli_json_print(cli, json_pack("{s:o}", view->name, view_json(view, &rows)));
	else
		view_print(cli, view, &rows);
	view_rows_free(&rows);
}

static void show_fetched(struct cli *cli, const struct view *view, const struct view_rows *rows,
			 const char *where)
{
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX];
	json_t *json;

	if (cli->json) {
		json = json_pack("{s:o, s:b, s:I}", view->name, view_json(view, rows), "more",
				 rows->cursor != 0, "table-entries", (json_int_t)rows->total);
		if (rows->capacity)
			json_object_set_new(json, "table-capacity",
					    json_integer((json_int_t)rows->capacity));
		cli_json_print(cli, json);
		return;
	}
	view_print(cli, view, rows);
	fprintf(cli->out, "%s%zu shown%s; %s %s", rows->n ? "\n" : "", rows->n,
		rows->cursor ? ", there are more (--limit 0)" : "",
		cli_fmt_count(rows->total, cli->exact, a), where);
	if (rows->capacity)
		fprintf(cli->out, ", room for %s", cli_fmt_count(rows->capacity, cli->exact, b));
	fputc('\n', cli->out);
}

int view_run(struct cli *cli, const struct cmd_line *line, const struct view_table *table)
{
	unsigned long limit = LIMIT_DEFAULT;
	struct cli_str filter = {0};
	struct view_rows rows = {0};
	struct cli_client *client;
	int rc;

	cli_str_puts(&filter, "");
	if (!cmd_number(line, "limit", 0, LIMIT_MAX, &limit) || !table->filter(line, &filter)) {
		cli_str_free(&filter);
		return CLI_USAGE;
	}
	client = cli_connect(cli);
	rc = client ? fetch(client, table, filter.text, limit, &rows) : CLI_UNREACHABLE;
	if (rc == 0 && table->mend)
		table->mend(client, &rows);
	if (rc == 0 && table->compare && rows.n)
		qsort(rows.at, rows.n, sizeof(*rows.at), table->compare);
	if (rc == 0)
		show_fetched(cli, table->view, &rows, table->where);
	view_rows_free(&rows);
	cli_str_free(&filter);
	cli_disconnect(cli, client);
	return rc;
}
