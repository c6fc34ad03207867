/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "mgmt/backend/ports.h"
#include "mgmt/datastore/mem.h"

void bk_ports_init(struct bk_ports *ports)
{
	memset(ports, 0, sizeof(*ports));
}

void bk_ports_clear(struct bk_ports *ports)
{
	for (size_t i = 0; i < ports->n; i++)
		free(ports->list[i]);
	free(ports->list);
	bk_ports_init(ports);
}

/* The place of @name, or where it would be. */
static size_t place(const struct bk_ports *ports, const char *name, bool *found)
{
	size_t low = 0, high = ports->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(ports->list[mid]->name, name);

		if (order == 0) {
			*found = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void bk_ports_update(struct bk_ports *ports, const struct hd_port_state *state)
{
	struct hd_port_state *copy;
	uint64_t now = hd_now_ns();
	bool found;
	size_t at;

	if (!hd_name_valid(state->name, sizeof(state->name)) ||
	    !hd_str_terminated(state->kind, sizeof(state->kind)) ||
	    !hd_str_terminated(state->text, sizeof(state->text)) ||
	    !hd_str_terminated(state->detail, sizeof(state->detail))) {
		hd_log_limited(HD_LOG_WARNING, "heddle-dp told of a port with a name that is none");
		return;
	}
	at = place(ports, state->name, &found);
	if (!found) {
		ports->list = ds_realloc(ports->list, ports->n + 1, sizeof(void *));
		memmove(&ports->list[at + 1], &ports->list[at], (ports->n - at) * sizeof(void *));
		ports->list[at] = ds_alloc(sizeof(*copy));
		ports->n++;
	}
	copy = ports->list[at];
	*copy = *state;
	copy->changed_ns = state->changed_ns < now ? now - state->changed_ns : 0;
}

void bk_ports_forget(struct bk_ports *ports, const char *name)
{
	bool found;
	size_t at = place(ports, name, &found);

	if (!found)
		return;
	free(ports->list[at]);
	ports->n--;
	memmove(&ports->list[at], &ports->list[at + 1], (ports->n - at) * sizeof(void *));
}

static void on_item(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	if (!final)
		bk_ports_update(arg, msg->body);
}

void bk_ports_refresh(struct bk_ports *ports, struct hd_chan *chan)
{
	struct hd_nothing nothing;

	hd_chan_request_stream(chan, PORT_LIST, &nothing, on_item, ports);
}

const struct hd_port_state *bk_ports_find(const struct bk_ports *ports, const char *name)
{
	bool found;
	size_t at = place(ports, name, &found);

	return found ? ports->list[at] : NULL;
}
