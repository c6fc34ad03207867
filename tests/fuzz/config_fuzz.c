/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration files: parsing, schema, meaning, translation. What must hold: a configuration is
 * either taken, or refused with a reason; and one that was taken is taken again when it is printed,
 * and means the same.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/yang.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	FUZZ_ASSERT(yang_setup() == 0);
	return 0;
}

static void any_change(const struct bd_object *object, enum hd_object_op op, void *arg)
{
}

static void again(const struct bd_config *config)
{
	char *text = bd_config_print(config);
	struct ds_errors errs = {.n = 0};
	struct bd_config *copy = bd_config_parse(ctx, text, strlen(text), &config->numbers, &errs);

	FUZZ_ASSERT(copy);
	FUZZ_ASSERT(bd_objects_diff(&config->objects, &copy->objects, HD_PLANE_DATA, any_change,
				    NULL) == 0);
	bd_config_free(copy);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *config;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	config = bd_config_parse(ctx, text, size, NULL, &errs);
	FUZZ_ASSERT((config != NULL) == ds_errors_none(&errs));
	for (size_t i = 0; i < errs.n; i++)
		FUZZ_ASSERT(errs.list[i].message[0] && !strchr(errs.list[i].message, '\n'));
	if (config)
		again(config);
	bd_config_free(config);
	ds_errors_clear(&errs);
	free(text);
	return 0;
}
