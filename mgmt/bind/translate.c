/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a whole tree to objects; update.c does it from another configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/part.h"
#include "mgmt/datastore/mem.h"

/* Where the parts of ports are in the lists of all. */
struct ends {
	size_t object, claim;
};

static void check_ports(const struct bd_model *m, struct bd_claims *claims, struct ends *ends,
			struct ds_errors *errs)
{
	for (size_t i = 0; i < m->n_ports; i++) {
		for (const struct bd_row *row = bd_rows(); row; row = row->next) {
			for (size_t k = 0; row->port_rules && row->port_rules[k]; k++)
				row->port_rules[k](m, &m->ports[i], errs);
			if (row->claim)
				row->claim(&m->ports[i], claims);
		}
		ends[i].claim = claims->n;
	}
}

static void check_rest(const struct bd_model *m, struct ds_errors *errs)
{
	for (const struct bd_row *row = bd_rows(); row; row = row->next)
		for (size_t i = 0; row->rules && row->rules[i]; i++)
			row->rules[i](m, errs);
}

static void translate(const struct bd_model *m, struct bd_list *out, struct ends *ends)
{
	for (size_t i = 0; i < m->n_ports; i++) {
		for (const struct bd_row *row = bd_rows(); row; row = row->next)
			if (row->translate_port)
				row->translate_port(m, &m->ports[i], out);
		ends[i].object = out->n;
	}
	for (const struct bd_row *row = bd_rows(); row; row = row->next)
		if (row->translate)
			row->translate(m, out);
}

static void make_parts(struct bd_set *set, const struct bd_model *m, const struct bd_list *objects,
		       struct bd_claim *const *claims, const struct ends *ends)
{
	struct bd_part **parts = ds_alloc((m->n_ports + 1) * sizeof(*parts));

	for (size_t i = 0; i < m->n_ports; i++) {
		struct ends from = i ? ends[i - 1] : (struct ends){0, 0};

		parts[i] = bd_part_new(m->ports[i].name, objects->at + from.object,
				       ends[i].object - from.object, claims + from.claim,
				       ends[i].claim - from.claim);
	}
	bd_parts_fill(set, parts, m->n_ports);
	free(parts);
}

static struct bd_config *make(const struct bd_model *m, struct ds_errors *errs)
{
	struct ends *ends = ds_alloc((m->n_ports + 1) * sizeof(*ends));
	struct bd_config *config = ds_alloc(sizeof(*config));
	struct bd_claims claims = {NULL, 0, 0};
	struct bd_list objects = {NULL, 0, 0};
	struct bd_claim **order;

	check_ports(m, &claims, ends, errs);
	order = ds_alloc((claims.n + 1) * sizeof(*order)); /* port by port */
	if (claims.n)
		memcpy(order, claims.at, claims.n * sizeof(*order));
	bd_claims_fill(&config->claims, &claims, m, errs);
	check_rest(m, errs);
	if (ds_errors_none(errs)) {
		translate(m, &objects, ends);
		make_parts(&config->parts, m, &objects, order, ends);
		bd_objects_fill(&config->objects, &objects);
		bd_numbers_take(&config->numbers, m);
		config->switches = bd_switches_new(m);
		config->vlans = bd_vlans_in_use(m);
		config->tree = (struct lyd_node *)m->tree;
		config->borrowed = true;
	} else {
		bd_set_free(&config->claims);
		free(config);
		config = NULL;
	}
	free(order);
	free(ends);
	return config;
}

struct bd_config *bd_config_bind(const struct ly_ctx *ctx, const struct lyd_node *tree,
				 const struct bd_numbers *before, struct ds_errors *errs)
{
	struct bd_config *config;
	struct bd_model model;

	bd_model_init(&model, ctx, tree);
	bd_numbers_assign(&model, before);
	bd_model_resolve(&model);
	config = make(&model, errs);
	bd_model_free(&model);
	return config;
}
