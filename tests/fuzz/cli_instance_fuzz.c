/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file turned into XML by the heddle command. What must hold: what comes out is
 * well-formed, so that nothing in a file can end the request that it is put in.
 */
#include <string.h>

#include "mgmt/cli/command/instance.h"
#include "mgmt/cli/command/xml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cli_str text = {0}, xml = {0}, whole = {0};
	struct lyd_node *tree = NULL;
	struct hd_err err = {0};

	cli_str_add(&text, (const char *)data, size); /* ends with a NUL */
	if (cli_instance_to_xml(text.text, text.len, &xml, &err) == 0) {
		cli_str_puts(&whole, "<config xmlns=\"urn:x\">");
		cli_str_puts(&whole, xml.text);
		cli_str_puts(&whole, "</config>");
		if (cli_xml_parse(whole.text, &tree, &err) == 0)
			FUZZ_ASSERT(strcmp(cli_xml_name(tree), "config") == 0 && !tree->next);
		lyd_free_all(tree);
	} else {
		FUZZ_ASSERT(err.text[0]);
	}
	cli_str_free(&text);
	cli_str_free(&xml);
	cli_str_free(&whole);
	return 0;
}
