/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/name.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/types.h"

#ifndef HD_YANG_DIR
#define HD_YANG_DIR "/usr/share/heddle/yang"
#endif
#ifndef HD_YANG_SOURCE_DIR
#define HD_YANG_SOURCE_DIR HD_YANG_DIR
#endif

#define PROBE "heddle-types@2026-11-20.yang"

/* The order counts: the NMDA revisions of a module are to be found before the older ones. */
static const char *const standard_dirs[] = {
	"/usr/share/yuma/nmda-modules/ietf",      "/usr/share/yang/modules/libyang",
	"/usr/share/yuma/modules/ietf",           "/usr/share/yuma/modules/ietf-derived",
	"/usr/share/yuma/modules/netconfcentral",
};

static const struct {
	const char *name, *revision;
	const char *features[8];
} standard[] = {
	{"ietf-interfaces", "2018-02-20", {"arbitrary-names", "pre-provisioning", NULL}},
	{"ietf-netconf",
	 "2011-06-01",
	 {"writable-running", "candidate", "confirmed-commit", "rollback-on-error", "validate",
	  "startup", "xpath", NULL}},
	{"ietf-netconf-with-defaults", "2011-06-01", {NULL}},
	{"ietf-netconf-acm", "2018-02-14", {NULL}},
	{"ietf-netconf-monitoring", "2010-10-04", {NULL}},
	{"ietf-netconf-notifications", "2012-02-06", {NULL}},
	{"ietf-netconf-nmda", "2019-01-07", {"origin", "with-defaults", NULL}},
	{"ietf-yang-library", "2019-01-04", {NULL}},
	{"ietf-origin", "2018-02-14", {NULL}},
	{"notifications", "2008-07-14", {NULL}},
	{"nc-notifications", "2008-07-14", {NULL}},
	{"heddle-config", "2026-11-21", {NULL}},
	{"heddle-capture", "2026-11-30", {NULL}},
	{"heddle-events", "2026-11-21", {NULL}},
};

static bool has_probe(const char *dir)
{
	char path[512];

	return snprintf(path, sizeof(path), "%s/" PROBE, dir) < (int)sizeof(path) &&
	       access(path, R_OK) == 0;
}

int ds_schema_find_dir(const char *given, char *dir, size_t size, struct hd_err *err)
{
	const char *dirs[] = {given ? given : HD_YANG_SOURCE_DIR, given ? NULL : HD_YANG_DIR};

	for (size_t i = 0; i < 2; i++)
		if (dirs[i] && has_probe(dirs[i]))
			return hd_str_copy(dir, size, dirs[i]);
	return hd_err_set(err, ENOENT,
			  "no YANG modules of Heddle in %s; give their folder with --yang-dir",
			  given ? given : HD_YANG_DIR);
}

static int load(struct ly_ctx *ctx, const char *name, const char *revision, const char **features,
		struct hd_err *err)
{
	if (ly_ctx_load_module(ctx, name, revision, features))
		return 0;
	return hd_err_set(err, ENOENT,
			  "cannot load the YANG module %s@%s: %s (standard modules come with "
			  "`apt install libyuma-base`)",
			  name, revision, ly_errmsg(ctx) ? ly_errmsg(ctx) : "not found");
}

static int load_all(struct ly_ctx *ctx, const struct ds_module *modules, size_t n,
		    struct hd_err *err)
{
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
		if (load(ctx, standard[i].name, standard[i].revision,
			 (const char **)standard[i].features, err) < 0)
			return -err->code;
	for (size_t i = 0; i < n; i++)
		if (load(ctx, modules[i].name, modules[i].revision, NULL, err) < 0)
			return -err->code;
	return 0;
}

struct ly_ctx *ds_schema_new(const char *yang_dir, const struct ds_module *modules, size_t n,
			     struct hd_err *err)
{
	struct hd_err local = {0};
	struct ly_ctx *ctx = NULL;

	if (!err)
		err = &local;
	/* Errors are taken from the context and told in our words; libyang itself prints none. */
	ly_log_options(LY_LOSTORE_LAST);
	if (ly_ctx_new(NULL, LY_CTX_DISABLE_SEARCHDIR_CWD, &ctx) != LY_SUCCESS) {
		hd_err_set(err, ENOMEM, "cannot make a YANG context");
		return NULL;
	}
	if (ly_ctx_set_searchdir(ctx, yang_dir) != LY_SUCCESS) {
		hd_err_set(err, ENOENT, "%s is not a folder that can be read", yang_dir);
		ly_ctx_destroy(ctx);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(standard_dirs) / sizeof(standard_dirs[0]); i++)
		if (access(standard_dirs[i], R_OK) == 0)
			ly_ctx_set_searchdir(ctx, standard_dirs[i]);
	if (load_all(ctx, modules, n, err) < 0 || ds_types_set(ctx, err) < 0) {
		ly_ctx_destroy(ctx);
		return NULL;
	}
	return ctx;
}

bool ds_is_secret(const struct lysc_node *node)
{
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(node->exts, i)
	{
		if (!strcmp(node->exts[i].def->name, "secret") &&
		    !strcmp(node->exts[i].def->module->name, "heddle-types"))
			return true;
	}
	return false;
}
