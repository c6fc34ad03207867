/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/lease.h"

#include <errno.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"

#define LOOK_NS HD_NS_PER_MS /* while a frame is on its way */

static struct lease *find(struct lease_table *table, const char *key)
{
	for (uint32_t i = 0; i < table->end; i++)
		if (table->lease[i].state != LEASE_FREE &&
		    strcmp(table->lease[i].config.key, key) == 0)
			return &table->lease[i];
	return NULL;
}

static struct lease *find_free(struct lease_table *table)
{
	for (uint32_t i = 0; i < HD_LEASES_MAX; i++)
		if (table->lease[i].state == LEASE_FREE)
			return &table->lease[i];
	return NULL;
}

/* The forwarding database knows a gateway by its port's id, whatever its generation is. */
static bool same_place(const struct lease_place *a, const struct lease_place *b)
{
	return a->port == b->port && a->domain == b->domain;
}

/* Another lease of the same MAC at the same gateway: a group's addresses share one. */
static const struct lease *find_twin(const struct lease_table *table, const struct lease *lease,
				     const struct lease_place *place, const uint8_t *mac)
{
	for (const struct lease *l = table->lease; l < table->lease + table->end; l++)
		if (l != lease && l->state != LEASE_FREE && same_place(&l->place, place) &&
		    !memcmp(l->config.mac, mac, HD_ETH_ALEN))
			return l;
	return NULL;
}

static int check(const struct hd_lease *c, struct hd_err *err)
{
	const struct hd_mac *mac = (const struct hd_mac *)c->mac;

	if (!hd_name_valid(c->key, sizeof(c->key)))
		return hd_err_set(err, EINVAL, "a lease has no valid key");
	if (!hd_name_valid(c->gateway, sizeof(c->gateway)))
		return hd_err_set(err, EINVAL, "lease %s: its gateway is not a name", c->key);
	if (hd_mac_is_group(mac) || hd_mac_is_zero(mac))
		return hd_err_set(err, EINVAL, "lease %s: its MAC is not a unicast address",
				  c->key);
	if (c->family != 0 && c->family != 4 && c->family != 6)
		return hd_err_set(err, EINVAL, "lease %s: family %u is not 4, 6 or 0", c->key,
				  c->family);
	if (c->lifetime_ms < HD_LEASE_MS_MIN || c->lifetime_ms > HD_LEASE_MS_MAX)
		return hd_err_set(err, EINVAL, "lease %s: lifetime %u is not in %d..%d ms", c->key,
				  c->lifetime_ms, HD_LEASE_MS_MIN, HD_LEASE_MS_MAX);
	if (c->len && (c->len < HD_ETH_HLEN || c->len > HD_LEASE_FRAME_MAX))
		return hd_err_set(err, EINVAL, "lease %s: its frame has %u bytes, not %d..%d",
				  c->key, c->len, HD_ETH_HLEN, HD_LEASE_FRAME_MAX);
	return 0;
}

static int check_frame(const struct lease_table *table, const struct hd_lease *c,
		       const struct lease_place *place, struct hd_err *err)
{
	const uint8_t *source = c->frame + HD_ETH_ALEN;
	char text[HD_MAC_STR_MAX];

	if (!c->len || !memcmp(source, c->mac, HD_ETH_ALEN) || table->ops->has(place, source))
		return 0;
	return hd_err_set(err, EINVAL,
			  "lease %s: the source of its frame, %s, is no address of gateway %s",
			  c->key, hd_mac_str((const struct hd_mac *)source, text), c->gateway);
}

/* The MAC becomes the gateway's, if it is not by another lease. */
static int enter(struct lease_table *table, const struct lease *lease,
		 const struct lease_place *place, const struct hd_lease *c, bool *own)
{
	const struct lease *twin = find_twin(table, lease, place, c->mac);
	int rc = table->ops->enter(place, c->mac);

	*own = twin ? twin->own : rc == 1;
	return rc < 0 ? rc : 0;
}

static void withdraw(struct lease_table *table, const struct lease *lease)
{
	if (!lease->own && !find_twin(table, lease, &lease->place, lease->config.mac))
		table->ops->withdraw(&lease->place, lease->config.mac);
}

static void release(struct lease_table *table, struct lease *lease)
{
	withdraw(table, lease);
	lease->state = LEASE_FREE;
	table->n--;
	table->ops->changed(lease);
}

static void take(struct lease_table *table, const struct lease *lease)
{
	uint32_t i = (uint32_t)(lease - table->lease);

	table->n++;
	if (i >= table->end)
		table->end = i + 1;
}

static void wake_by(struct lease_table *table, uint64_t at_ns)
{
	if (at_ns < table->next_ns)
		table->next_ns = at_ns;
}

static int enter_error(const struct hd_lease *c, int rc, struct hd_err *err)
{
	char mac[HD_MAC_STR_MAX];

	hd_mac_str((const struct hd_mac *)c->mac, mac);
	if (rc == -EADDRINUSE)
		return hd_err_set(err, EADDRINUSE,
				  "lease %s: %s is a fixed address of another port of the segment",
				  c->key, mac);
	return hd_err_set(err, -rc, "lease %s: no room for %s in the forwarding database", c->key,
			  mac);
}

int lease_set(struct lease_table *table, const struct hd_lease *c, uint64_t now_ns,
	      struct hd_err *err)
{
	int rc = check(c, err);
	struct lease_place place;
	struct lease *l;
	bool own;

	if (rc < 0)
		return rc;
	if (!table->ops->find(c->gateway, &place))
		return hd_err_set(err, ENOENT, "lease %s: there is no gateway %s in a segment",
				  c->key, c->gateway);
	rc = check_frame(table, c, &place, err);
	if (rc < 0)
		return rc;
	l = find(table, c->key);
	if (l && same_place(&l->place, &place) && !memcmp(l->config.mac, c->mac, HD_ETH_ALEN)) {
		/* Entered again, too: another may have forgotten the entry. */
		rc = table->ops->enter(&place, c->mac);
		if (rc < 0)
			return enter_error(c, rc, err);
	} else {
		struct lease *at = l ? l : find_free(table);

		if (!at)
			return hd_err_set(err, ENOSPC, "lease %s: there are %d leases already",
					  c->key, HD_LEASES_MAX);
		rc = enter(table, at, &place, c, &own);
		if (rc < 0)
			return enter_error(c, rc, err);
		if (l)
			withdraw(table, l);
		else
			take(table, at);
		l = at;
		l->own = own;
	}
	l->place = place;
	l->config = *c;
	l->state = LEASE_LIVE;
	l->until_ns = now_ns + c->lifetime_ms * HD_NS_PER_MS;
	wake_by(table, l->until_ns);
	table->ops->changed(l);
	return 0;
}

/* The frame first: a source that is the gateway's no more would be learned like a guest's. */
static void resign(struct lease_table *table, struct lease *lease, uint64_t now_ns)
{
	if (lease->config.len && table->ops->send(lease, &lease->ticket)) {
		lease->state = LEASE_RESIGNS;
		lease->until_ns = now_ns + LEASE_RESIGN_MS * HD_NS_PER_MS;
		table->resigned++;
		wake_by(table, now_ns + LOOK_NS);
		table->ops->changed(lease);
	} else {
		release(table, lease);
	}
}

void lease_end(struct lease_table *table, const char *key, bool send, uint64_t now_ns)
{
	struct lease *l = find(table, key);

	if (!l || l->state == LEASE_RESIGNS)
		return;
	if (send)
		resign(table, l, now_ns);
	else
		release(table, l);
}

static void tick_one(struct lease_table *table, struct lease *l, uint64_t now_ns)
{
	if (l->state == LEASE_RESIGNS) {
		if (now_ns >= l->until_ns || table->ops->is_sent(l))
			release(table, l);
	} else if (now_ns >= l->until_ns) {
		table->expired++;
		table->ops->over(l, HD_LEASE_EXPIRED);
		resign(table, l, now_ns);
	}
}

uint64_t lease_tick(struct lease_table *table, uint64_t now_ns)
{
	if (!table->n)
		return UINT64_MAX;
	if (now_ns < table->next_ns)
		return table->next_ns;
	table->next_ns = UINT64_MAX;
	for (struct lease *l = table->lease; l < table->lease + table->end; l++) {
		if (l->state != LEASE_FREE)
			tick_one(table, l, now_ns);
		if (l->state == LEASE_LIVE)
			wake_by(table, l->until_ns);
		else if (l->state == LEASE_RESIGNS)
			wake_by(table, now_ns + LOOK_NS);
	}
	return table->next_ns;
}

void lease_refresh(struct lease_table *table)
{
	for (struct lease *l = table->lease; l < table->lease + table->end; l++) {
		struct lease_place place;
		bool own = false;

		if (l->state == LEASE_FREE)
			continue;
		if (!table->ops->find(l->config.gateway, &place) ||
		    enter(table, l, &place, &l->config, &own) < 0) {
			if (l->state == LEASE_LIVE)
				table->ops->over(l, HD_LEASE_NO_GATEWAY);
			release(table, l);
			continue;
		}
		if (!same_place(&l->place, &place)) {
			withdraw(table, l);
			l->own = own;
		}
		l->place = place;
	}
}
