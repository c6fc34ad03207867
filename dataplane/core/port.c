/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers kinds of ports, and processes what a kind reports about its link.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "dataplane/core/port.h"
#include "dataplane/core/port_table.h"
#include "heddle/config/store.h"

#define KINDS_MAX 32

static const struct dp_port_ops *kinds[KINDS_MAX];
static unsigned int n_kinds;
static void (*waker)(void);
_Atomic uint32_t dp_port_calls;

void dp_port_kind_register(const struct dp_port_ops *ops)
{
	struct hd_object_class *cls;

	if (n_kinds == KINDS_MAX || dp_port_kind_by_name(ops->name))
		abort(); /* a mistake in the program */
	kinds[n_kinds++] = ops;
	if (!ops->params)
		return;
	cls = calloc(1, sizeof(*cls));
	if (!cls)
		abort();
	cls->name = ops->name;
	cls->type = ops->params;
	cls->size = ops->params_size;
	cls->validate = ops->validate;
	hd_object_class_register(cls);
}

const struct dp_port_ops *dp_port_kind_by_name(const char *name)
{
	for (unsigned int i = 0; i < n_kinds; i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

const struct dp_port_ops *dp_port_kind_at(unsigned int index)
{
	return index < n_kinds ? kinds[index] : NULL;
}

void dp_port_set_waker(void (*wake)(void))
{
	waker = wake;
}

void dp_port_call(struct dp_port *port)
{
	atomic_fetch_add(&port->calls, 1);
	atomic_fetch_add(&dp_port_calls, 1);
	if (waker)
		waker();
}

static void tell(struct dp_port *port)
{
	atomic_fetch_add(&port->up_events, 1);
	dp_port_call(port);
}

void dp_port_set_up(struct dp_port *port, uint16_t rx_queues, uint16_t tx_queues, uint32_t caps)
{
	if (atomic_load(&port->disabled) || atomic_load(&port->closing))
		return;
	atomic_store(&port->caps, caps);
	atomic_store(&port->rx_queues, RTE_MIN(rx_queues, port->queues));
	atomic_store(&port->tx_queues, RTE_MIN(tx_queues, port->queues));
	port->reason = HD_PORT_UP;
	port->text[0] = '\0';
	if (!atomic_exchange(&port->up, true))
		port->changed_ns = hd_now_ns();
	if (atomic_load(&port->disabled)) /* meanwhile */
		dp_port_set_down(port, HD_PORT_DISABLED, DP_PORT_DISABLED_TEXT);
	else if (atomic_load(&port->closing))
		atomic_store(&port->up, false);
	else
		tell(port);
}

void dp_port_set_mac(struct dp_port *port, const uint8_t mac[6])
{
	if (!memcmp(port->mac, mac, sizeof(port->mac)))
		return;
	memcpy(port->mac, mac, sizeof(port->mac));
	tell(port);
}

void dp_port_set_down(struct dp_port *port, enum hd_port_reason reason, const char *text)
{
	bool was_up = atomic_exchange(&port->up, false);

	if ((atomic_load(&port->disabled) || atomic_load(&port->closing)) &&
	    reason != HD_PORT_DISABLED)
		return;
	port->reason = reason;
	hd_str_copy(port->text, sizeof(port->text), text ? text : "");
	if (was_up) {
		port->changed_ns = hd_now_ns();
		port->flaps++;
		atomic_fetch_add(&port->down_events, 1);
	}
	tell(port);
}
