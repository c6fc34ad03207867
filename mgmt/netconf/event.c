/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "mgmt/netconf/event.h"

bool nc_event_pass(struct nc_event_rate *rate, unsigned int most, uint64_t now_ns,
		   uint64_t *left_out)
{
	*left_out = 0;
	if (now_ns - rate->since_ns >= HD_NS_PER_S) {
		rate->since_ns = now_ns;
		rate->n = 0;
	}
	if (most && rate->n == most) {
		rate->left_out++;
		return false;
	}
	rate->n++;
	*left_out = rate->left_out;
	rate->left_out = 0;
	return true;
}

void nc_event_take(struct nc_server *server, struct bk_event *event, const void *body)
{
	struct nc_event_kind *kind =
		(void *)((char *)event - offsetof(struct nc_event_kind, event));
	uint64_t left_out;

	if (!nc_event_pass(&kind->rate, kind->most, hd_now_ns(), &left_out))
		return;
	if (left_out)
		hd_log(HD_LOG_WARNING,
		       "%llu events %s of %s were left out: they are more than %u a second",
		       (unsigned long long)left_out, event->handler.name,
		       server->bk->planes[event->plane].name, kind->most);
	nc_publish(server, kind->take(server, body));
}
