/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/claims.h"
#include "mgmt/datastore/mem.h"

void bd_claim(struct bd_claims *claims, const struct bd_claim_class *class,
	      const struct bd_port *port, bool exclusive, const char *key)
{
	size_t key_len = strlen(key) + 1, port_len = strlen(port->name) + 1;
	struct bd_claim *c = ds_alloc(sizeof(*c) + key_len + port_len);

	c->item.refs = 1;
	c->class = class;
	c->exclusive = exclusive;
	c->key = memcpy(c + 1, key, key_len);
	c->port = memcpy(c->key + key_len, port->name, port_len);
	if (claims->n == claims->room) {
		claims->room = claims->room ? claims->room * 2 : 8;
		claims->at = ds_realloc(claims->at, claims->room, sizeof(*claims->at));
	}
	claims->at[claims->n++] = c;
}

static int by_key(const struct bd_claim *a, const struct bd_claim *b)
{
	int order = a->class == b->class ? 0 : strcmp(a->class->name, b->class->name);

	return order ? order : strcmp(a->key, b->key);
}

/* Those that leave room for others come first. */
static int compare(const void *va, const void *vb)
{
	const struct bd_claim *a = va, *b = vb;
	int order = by_key(a, b);

	if (order)
		return order;
	return a->exclusive != b->exclusive ? a->exclusive - b->exclusive
					    : strcmp(a->port, b->port);
}

static int compare_at(const void *va, const void *vb)
{
	return compare(*(void *const *)va, *(void *const *)vb);
}

static const struct bd_set_class class = {compare, free};

void bd_claim_put(struct bd_claim *claim)
{
	bd_item_put(&class, claim);
}

void bd_claims_free(struct bd_claims *claims)
{
	for (size_t i = 0; i < claims->n; i++)
		bd_claim_put(claims->at[i]);
	free(claims->at);
	memset(claims, 0, sizeof(*claims));
}

static bool is_beyond(const struct bd_claim_class *of, size_t n)
{
	return of->most && n > of->most;
}

void bd_claims_fill(struct bd_set *set, struct bd_claims *claims, const struct bd_model *model,
		    struct ds_errors *errs)
{
	if (claims->n)
		qsort(claims->at, claims->n, sizeof(*claims->at), compare_at);
	for (size_t i = 1, same = 1; i < claims->n; i++) {
		const struct bd_claim *a = claims->at[i - 1], *b = claims->at[i];

		same = by_key(a, b) == 0 ? same + 1 : 1;
		if (same > 1 && (b->exclusive || is_beyond(b->class, same)))
			b->class->conflict(bd_port_find(model, b->port), a->port, b->key, errs);
	}
	bd_set_fill(set, &class, (void **)claims->at, claims->n);
	free(claims->at);
	memset(claims, 0, sizeof(*claims));
}

bool bd_claim_conflicts(const struct bd_set *set, const struct bd_claim *claim)
{
	struct bd_claim first = {.class = claim->class, .key = claim->key, .port = (char *)""};
	struct bd_place place = bd_set_from(set, &first);
	const struct bd_claim *c;
	bool exclusive = false;
	size_t n = 0;

	for (; (c = bd_set_next(&place)) && by_key(c, claim) == 0; n++)
		exclusive |= c->exclusive;
	return (exclusive && n > 1) || is_beyond(claim->class, n);
}
