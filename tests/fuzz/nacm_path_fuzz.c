/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of an access rule. What must hold: it is compiled or refused with words, each step is a
 * child of the one before, and asking about data is safe.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/nacm/path.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/yang.h"

static const char running[] =
	"{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"sw0\",\"segment\":[{\"name\":\"lab\","
	"\"host-only\":{}}]}]},\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"a\","
	"\"type\":\"heddle-tap:tap\",\"heddle-port:port\":{\"switch\":\"sw0\",\"access\":\"lab\"}}]}}";

static struct bd_config *config;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct ds_errors errs = {.n = 0};

	FUZZ_ASSERT(yang_setup() == 0);
	config = bd_config_parse(ctx, running, strlen(running), NULL, &errs);
	FUZZ_ASSERT(config);
	return 0;
}

static void ask(const struct nacm_path *path)
{
	const struct lyd_node *top, *node;

	LY_LIST_FOR(config->tree, top) {
		LYD_TREE_DFS_BEGIN(top, node) {
			/* What is below something that matches, matches. */
			if (lyd_parent(node) && nacm_path_matches(path, lyd_parent(node), "ann"))
				FUZZ_ASSERT(nacm_path_matches(path, node, "ann"));
			nacm_path_is_below(path, node->schema);
			LYD_TREE_DFS_END(top, node);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = ds_strndup((const char *)data, size);
	struct hd_err err = {0};
	struct nacm_path path;

	if (nacm_path_compile(&path, ctx, text, &err) < 0) {
		FUZZ_ASSERT(err.text[0] && !path.n);
	} else {
		for (size_t i = 1; i < path.n; i++)
			FUZZ_ASSERT(path.steps[i].node->parent);
		ask(&path);
	}
	nacm_path_free(&path);
	free(text);
	return 0;
}
