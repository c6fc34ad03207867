/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration as heddle-cp takes it: any order of begin, host interface objects, prepare, commit
 * and abort, with any bytes in them. What is in force must always be valid.
 *
 * Input: a byte that says which call, then its body; a body that is cut off is filled with zeros.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/hostif.h"
#include "ctrlplane/core/config_core.h"
#include "ctrlplane/hostif/hostif_core.h"
#include "tests/fuzz/fuzz.h"

static const struct cp_class class = {
	.type = HD_HOSTIF,
	.name = "host interface",
	.size = sizeof(struct hd_hostif_object),
	.validate = hostif_validate,
};

struct input {
	const uint8_t *data;
	size_t size;
};

static void take(struct input *in, void *out, size_t size)
{
	size_t n = in->size < size ? in->size : size;

	memset(out, 0, size);
	memcpy(out, in->data, n);
	in->data += n;
	in->size -= n;
}

/* Everything in force is valid, and has what the diff says it lacks. */
static void check_running(const struct cp_config *config)
{
	const struct hd_hostif_object *object;
	size_t iter = 0;

	while ((object = cp_config_next(config, &class, &iter))) {
		struct hostif_present present = {.ours = true};
		struct hd_err err;
		uint32_t add;

		if (hostif_validate(object, &err) < 0 ||
		    cp_config_find(config, &class, object->head.key) != object)
			abort();
		present.address = object->addresses[0];
		add = hostif_diff(object->addresses, object->n_addresses, &present, 1);
		if (object->n_addresses ? (add & 1) || present.remove : add || !present.remove)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct cp_config config = {0};
	struct hd_hostif_object object;
	struct hd_config_begin begin;
	struct hd_config_result result;
	struct hd_err err;

	while (in.size) {
		uint8_t call = *in.data++;

		in.size--;
		switch (call % 6) {
		case 0:
			take(&in, &begin, sizeof(begin));
			cp_config_begin(&config, &begin, &err);
			break;
		case 1: /* one that is taken, to get further */
			begin = (struct hd_config_begin){
				.mode = in.size % 2 ? HD_CONFIG_DELTA : HD_CONFIG_FULL,
				.base = config.generation,
				.generation = config.generation + 1,
			};
			cp_config_begin(&config, &begin, &err);
			break;
		case 2:
			take(&in, &object, sizeof(object));
			cp_config_object(&config, &class, &object);
			break;
		case 3: cp_config_prepare(&config, &result, &err); break;
		case 4:
			cp_config_commit(&config, &result, &err);
			check_running(&config);
			break;
		default: cp_config_abort(&config); break;
		}
	}
	cp_config_clear(&config);
	return 0;
}
