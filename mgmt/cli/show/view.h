/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Views: what a `show` prints, as a table and as JSON, declared by its columns. A row is an element of
 * an answer of the switch; a column says which leaf of it is shown, under which title in the table
 * and under which name in JSON.
 */
#ifndef MGMT_CLI_SHOW_VIEW_H
#define MGMT_CLI_SHOW_VIEW_H

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/term/table.h"

enum view_type {
	VIEW_TEXT,
	VIEW_NUMBER,  /* as it is */
	VIEW_COUNT,   /* as people write it: 12.3M */
	VIEW_BYTES,   /* the same, of bytes */
	VIEW_SECONDS, /* a duration: 3m12s; in JSON a number */
	VIEW_MS,      /* the same, of milliseconds */
	VIEW_FLAG,    /* yes or no; in JSON true or false */
};

enum view_flags {
	VIEW_WRAP = 1 << 0,    /* long text is broken into lines */
	VIEW_NULL = 1 << 1,    /* JSON: null for a leaf that is not there, not "" or 0 */
	VIEW_OMIT = 1 << 2,    /* JSON: nothing for a leaf that is not there */
	VIEW_NO_ZERO = 1 << 3, /* table: nothing for 0 */
};

struct view_column {
	const char *title; /* of the table; NULL: the column is in JSON alone */
	const char *name;  /* in JSON; NULL: the column is in the table alone */
	const char *leaf;  /* NULL: @text gives what is shown */
	enum view_type type;
	unsigned int flags; /* enum view_flags */
	const char *none;   /* table: for a leaf that is not there; NULL: nothing */
	/* For a table: NULL is plain. */
	enum cli_style (*style)(const struct lyd_node *row);
	/* Text for a table, allocated; and for JSON if there is no leaf. */
	char *(*text)(const struct lyd_node *row);
};

/*
 * The columns of a view, in the order of the table and of the keys in JSON; the last one is all zero. A
 * leaf that stands elsewhere in JSON has two columns, one without a name and one without a title.
 */
struct view {
	const char *name; /* of the list in JSON */
	const struct view_column *columns;
};

/* The rows of a view, and what the switch said about the table that they are from. */
struct view_rows {
	const struct lyd_node **at;
	size_t n, room;
	struct lyd_node **replies; /* that the rows are in */
	size_t n_replies;
	uint64_t total, capacity; /* of the table */
	uint64_t cursor;          /* 0: these are all */
};

/* Adds the children of @node that are named @element. They stay the caller's. */
void view_rows_add(struct view_rows *rows, const struct lyd_node *node, const char *element);

void view_rows_free(struct view_rows *rows);

/* Prints the table; nothing if there are no rows. */
void view_print(struct cli *cli, const struct view *view, const struct view_rows *rows);

/* The rows as a JSON array. */
json_t *view_json(const struct view *view, const struct view_rows *rows);

/* Prints the elements of @node as a table, or as a JSON object with one list. */
void view_show(struct cli *cli, const struct view *view, const struct lyd_node *node,
	       const char *element);

/* A table of the switch that is fetched in pages. Its command has the option VIEW_OPTION_LIMIT. */
struct view_table {
	const struct view *view;
	const char *op, *ns; /* the operation that lists it, and its module */
	/* Adds the filter (XML) that the line asks for. False after a message. */
	bool (*filter)(const struct cmd_line *line, struct cli_str *xml);
	/* Changes what was fetched, before it is sorted; NULL: nothing. */
	void (*mend)(struct cli_client *client, struct view_rows *rows);
	int (*compare)(const void *a, const void *b); /* rows, for qsort(); NULL: as they came */
	const char *where; /* ends the line that says how many there are: "in the table" */
};

/* Fetches the table and prints it, with a line that says how many there are, or as JSON. */
int view_run(struct cli *cli, const struct cmd_line *line, const struct view_table *table);

#define VIEW_OPTION_LIMIT                                                             \
	{                                                                             \
		"limit", 'n', "N", "at most N entries (default: 1000; 0: all)", NULL, \
	}

#endif
