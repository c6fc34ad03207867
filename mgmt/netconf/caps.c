/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "mgmt/netconf/caps.h"

#define CAP     "urn:ietf:params:netconf:capability:"
#define LIBRARY "ietf-yang-library"

static const char *const fixed[] = {
	NC_CAP_BASE "0",
	NC_CAP_BASE "1",
	CAP "writable-running:1.0",
	CAP "candidate:1.0",
	CAP "confirmed-commit:1.1",
	CAP "rollback-on-error:1.0",
	CAP "validate:1.1",
	CAP "startup:1.0",
	CAP "xpath:1.0",
	CAP
	"with-defaults:1.0?basic-mode=explicit&also-supported=report-all,report-all-tagged,trim",
	CAP "with-operational-defaults:1.0?basic-mode=explicit"
	    "&also-supported=report-all,report-all-tagged,trim",
	CAP "notification:1.0",
	CAP "interleave:1.0",
};

/* FNV-1a: what it is made of are our own modules, so nobody aims at it. */
static void add(uint64_t *hash, const char *text)
{
	for (; text && *text; text++)
		*hash = (*hash ^ (unsigned char)*text) * 0x100000001b3ull;
	*hash = (*hash ^ 0xff) * 0x100000001b3ull;
}

static const struct lysp_feature *next_feature(const struct lys_module *mod,
					       const struct lysp_feature *last, uint32_t *index)
{
	do {
		last = lysp_feature_next(last, mod->parsed, index);
	} while (last && !(last->flags & LYS_FENABLED));
	return last;
}

const char *nc_caps_content_id(const struct ly_ctx *ctx, char text[24])
{
	uint64_t hash = 0xcbf29ce484222325ull;
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		const struct lysp_feature *feature = NULL;
		uint32_t i = 0;

		add(&hash, mod->name);
		add(&hash, mod->revision);
		add(&hash, mod->implemented ? "implemented" : "");
		while (mod->parsed && (feature = next_feature(mod, feature, &i)))
			add(&hash, feature->name);
	}
	snprintf(text, 24, "%016llx", (unsigned long long)hash);
	return text;
}

static void add_module(const struct lys_module *mod, struct evbuffer *uri)
{
	const struct lysp_feature *feature = NULL;
	const char *between = "&features=";
	uint32_t index = 0;

	evbuffer_add_printf(uri, "%s?module=%s", mod->ns, mod->name);
	if (mod->revision)
		evbuffer_add_printf(uri, "&revision=%s", mod->revision);
	while ((feature = next_feature(mod, feature, &index))) {
		evbuffer_add_printf(uri, "%s%s", between, feature->name);
		between = ",";
	}
	evbuffer_add(uri, "", 1);
}

static void library(const struct ly_ctx *ctx, nc_cap_fn fn, void *arg)
{
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, LIBRARY);
	char uri[160], id[24];

	if (!mod)
		return;
	snprintf(uri, sizeof(uri), CAP "yang-library:1.1?revision=%s&content-id=%s",
		 mod->revision ? mod->revision : "", nc_caps_content_id(ctx, id));
	fn(uri, arg);
}

void nc_caps(const struct ly_ctx *ctx, nc_cap_fn fn, void *arg)
{
	struct evbuffer *uri = evbuffer_new();
	const struct lys_module *mod;
	uint32_t index = 0;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		fn(fixed[i], arg);
	library(ctx, fn, arg);
	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		if (!mod->implemented || !mod->parsed || mod->parsed->version == LYS_VERSION_1_1)
			continue;
		add_module(mod, uri);
		fn((const char *)evbuffer_pullup(uri, -1), arg);
		evbuffer_drain(uri, evbuffer_get_length(uri));
	}
	evbuffer_free(uri);
}
