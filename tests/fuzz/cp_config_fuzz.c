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
#include "heddle/config/store.h"
#include "ctrlplane/hostif/hostif_core.h"
#include "tests/fuzz/fuzz.h"

static struct hd_object_class class = {
	.type = HD_HOSTIF,
	.name = "host interface",
	.size = sizeof(struct hd_hostif_object),
	.validate = hostif_validate,
};
HD_OBJECT_CLASS_REGISTER(class);

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

/* What is in force is valid, and has what the diff says it lacks. */
static int check_running(const char *key, enum hd_change change, const void *now, const void *next,
			 void *arg)
{
	const struct hd_hostif_object *object = now;
	struct hostif_present present = {.ours = true};
	struct hd_err err;
	uint32_t add;

	if (change != HD_UNCHANGED || next != now || hostif_validate(object, &err) < 0 ||
	    hd_store_now(arg, HD_HOSTIF, key) != object)
		abort();
	present.address = object->addresses[0];
	add = hostif_diff(object->addresses, object->n_addresses, &present, 1);
	if (object->n_addresses ? (add & 1) || present.remove : add || !present.remove)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hd_store *store = hd_store_new(HD_OBJECTS_MAX);
	struct input in = {data, size};
	struct hd_config_result result;
	struct hd_hostif_object object;
	struct hd_config_begin begin;
	struct hd_err err;

	while (in.size) {
		uint8_t call = *in.data++;

		in.size--;
		switch (call % 6) {
		case 0:
			take(&in, &begin, sizeof(begin));
			hd_store_begin(store, &begin, &err);
			break;
		case 1: /* one that is taken, to get further */
			begin = (struct hd_config_begin){
				.mode = in.size % 2 ? HD_CONFIG_DELTA : HD_CONFIG_FULL,
				.base = hd_store_generation(store),
				.generation = hd_store_generation(store) + 1,
			};
			hd_store_begin(store, &begin, &err);
			break;
		case 2:
			take(&in, &object, sizeof(object));
			hd_store_put(store, HD_HOSTIF, &object, sizeof(object));
			break;
		case 3: hd_store_count(store, &result); break;
		case 4:
			if (hd_store_failed(store, &err))
				break;
			hd_store_commit(store);
			hd_store_walk(store, HD_HOSTIF, check_running, store);
			break;
		default: hd_store_abort(store); break;
		}
	}
	hd_store_free(store);
	return 0;
}
