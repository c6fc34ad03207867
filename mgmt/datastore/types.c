/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libyang/plugins_types.h>

#include "heddle/net/ether.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/types.h"
#include "mgmt/datastore/types_int.h"

bool ds_prefix_parse(const char *text, bool need_length, uint8_t addr[16], uint8_t *family,
		     uint8_t *length)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char host[INET6_ADDRSTRLEN];
	unsigned long bits;
	char *end;

	if (n >= sizeof(host) || (need_length && !slash))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	memset(addr, 0, 16);
	if (inet_pton(AF_INET, host, addr) == 1)
		*family = 4;
	else if (inet_pton(AF_INET6, host, addr) == 1)
		*family = 6;
	else
		return false;
	*length = *family == 4 ? 32 : 128;
	if (!slash)
		return true;
	bits = strtoul(slash + 1, &end, 10);
	if (end == slash + 1 || *end || bits > *length)
		return false;
	*length = bits;
	return true;
}

/* The form of @text, a value that the patterns of its type let pass; false: that is not known. */
typedef bool (*form_fn)(const char *text, char *form, size_t size);

#define FORM_MAX 64

static bool mac_form(const char *text, char *form, size_t size)
{
	struct hd_mac mac;

	if (hd_mac_parse(text, &mac) < 0)
		return false;
	hd_mac_str(&mac, form);
	return true;
}

static void print_address(uint8_t family, const uint8_t *addr, char *form, size_t size)
{
	inet_ntop(family == 4 ? AF_INET : AF_INET6, addr, form, size);
}

static bool address_form(const char *text, char *form, size_t size)
{
	uint8_t addr[16], family, length;

	if (!ds_prefix_parse(text, true, addr, &family, &length))
		return false;
	print_address(family, addr, form, size);
	snprintf(form + strlen(form), size - strlen(form), "/%u", length);
	return true;
}

static bool prefix_form(const char *text, char *form, size_t size)
{
	uint8_t addr[16], family, length;

	if (!ds_prefix_parse(text, false, addr, &family, &length))
		return false;
	for (unsigned int bit = length; bit < 128; bit++)
		addr[bit / 8] &= ~(0x80 >> bit % 8);
	print_address(family, addr, form, size);
	if (length < (family == 4 ? 32 : 128))
		snprintf(form + strlen(form), size - strlen(form), "/%u", length);
	return true;
}

static bool mode_form(const char *text, char *form, size_t size)
{
	snprintf(form, size, "%04lo", strtoul(text, NULL, 8));
	return true;
}

/* What lyplg_type_store_string() stored becomes the type's form. */
static LY_ERR store(form_fn fn, const struct ly_ctx *ctx, const struct lysc_type *type,
		    const void *value, size_t len, uint32_t options, LY_VALUE_FORMAT format,
		    void *prefixes, uint32_t hints, const struct lysc_node *node,
		    struct lyd_value *storage, struct lys_glob_unres *unres,
		    struct ly_err_item **err)
{
	LY_ERR rc = lyplg_type_store_string(ctx, type, value, len, options, format, prefixes, hints,
					    node, storage, unres, err);
	const char *text = storage->_canonical;
	char form[FORM_MAX];

	if (rc != LY_SUCCESS || !fn(text, form, sizeof(form)) || !strcmp(text, form))
		return rc;
	rc = lydict_insert(ctx, form, 0, &storage->_canonical);
	lydict_remove(ctx, text);
	return rc;
}

#define STORE_FORM(name)                                                                           \
	static LY_ERR store_##name(const struct ly_ctx *ctx, const struct lysc_type *type,         \
				   const void *value, size_t len, uint32_t options,                \
				   LY_VALUE_FORMAT format, void *prefixes, uint32_t hints,         \
				   const struct lysc_node *node, struct lyd_value *storage,        \
				   struct lys_glob_unres *unres, struct ly_err_item **err)         \
	{                                                                                          \
		return store(name##_form, ctx, type, value, len, options, format, prefixes, hints, \
			     node, storage, unres, err);                                           \
	}
STORE_FORM(mac)
STORE_FORM(address)
STORE_FORM(prefix)
STORE_FORM(mode)

/*
 * Zeros before a number say nothing in data; octal and hexadecimal numbers are for defaults in modules
 * (RFC 7950 9.2.1), which were read before. libyang asks for both when it only looks whether a
 * value is right.
 */
#define OTHER_BASES (LYD_VALHINT_OCTNUM | LYD_VALHINT_HEXNUM)

static LY_ERR store_uint(const struct ly_ctx *ctx, const struct lysc_type *type, const void *value,
			 size_t len, uint32_t options, LY_VALUE_FORMAT format, void *prefixes,
			 uint32_t hints, const struct lysc_node *node, struct lyd_value *storage,
			 struct lys_glob_unres *unres, struct ly_err_item **err)
{
	return lyplg_type_store_uint(ctx, type, value, len, options, format, prefixes,
				     hints & ~OTHER_BASES, node, storage, unres, err);
}

static LY_ERR store_int(const struct ly_ctx *ctx, const struct lysc_type *type, const void *value,
			size_t len, uint32_t options, LY_VALUE_FORMAT format, void *prefixes,
			uint32_t hints, const struct lysc_node *node, struct lyd_value *storage,
			struct lys_glob_unres *unres, struct ly_err_item **err)
{
	return lyplg_type_store_int(ctx, type, value, len, options, format, prefixes,
				    hints & ~OTHER_BASES, node, storage, unres, err);
}

static void make_decimal(struct lysc_type *type)
{
	static struct lyplg_type of_base[LY_DATA_TYPE_COUNT];
	struct lyplg_type *plugin = &of_base[type->basetype];
	LY_ARRAY_COUNT_TYPE i;

	if (type->basetype == LY_TYPE_UNION)
		LY_ARRAY_FOR(((struct lysc_type_union *)type)->types, i)
	make_decimal(((struct lysc_type_union *)type)->types[i]);
	if (type->plugin->store != lyplg_type_store_uint &&
	    type->plugin->store != lyplg_type_store_int)
		return;
	*plugin = *type->plugin;
	plugin->store = plugin->store == lyplg_type_store_uint ? store_uint : store_int;
	type->plugin = plugin;
}

static LY_ERR visit(struct lysc_node *node, void *arg, ly_bool *skip)
{
	if (node->nodetype & LYD_NODE_TERM)
		make_decimal(((struct lysc_node_leaf *)node)->type);
	return LY_SUCCESS;
}

/* Bytes of the first id when @text is a range of one, like 10..10; else 0. */
static size_t range_of_one(const char *text, size_t len)
{
	size_t n = len > 2 ? (len - 2) / 2 : 0;

	return n && len == 2 * n + 2 && !memcmp(text + n, "..", 2) && !memcmp(text, text + n + 2, n)
		       ? n
		       : 0;
}

/*
 * The number is the form of a VLAN id, also where JSON has it between quotes (the hints say how it
 * stood there), and of a range that has only it.
 */
static LY_ERR store_vlan(const struct ly_ctx *ctx, const struct lysc_type *type, const void *value,
			 size_t len, uint32_t options, LY_VALUE_FORMAT format, void *prefixes,
			 uint32_t hints, const struct lysc_node *node, struct lyd_value *storage,
			 struct lys_glob_unres *unres, struct ly_err_item **err)
{
	size_t one = range_of_one(value, len);

	if (hints & LYD_VALHINT_STRING)
		hints |= LYD_VALHINT_DECNUM;
	hints &= ~OTHER_BASES;
	return lyplg_type_store_union(ctx, type, value, one ? one : len, options, format, prefixes,
				      hints, node, storage, unres, err);
}

#define STRING_TYPE                                                               \
	.compare = lyplg_type_compare_simple, .duplicate = lyplg_type_dup_simple, \
	.free = lyplg_type_free_simple, .lyb_data_len = -1

#define FORM_TYPE(name)                                                                         \
	{                                                                                       \
		.id = "heddle " #name, .store = store_##name, .print = lyplg_type_print_simple, \
		STRING_TYPE                                                                     \
	}

#define VLAN_TYPE                                                                                \
	{                                                                                        \
		.id = "heddle vlan", .store = store_vlan, .validate = lyplg_type_validate_union, \
		.compare = lyplg_type_compare_union, .print = lyplg_type_print_union,            \
		.duplicate = lyplg_type_dup_union, .free = lyplg_type_free_union,                \
		.lyb_data_len = -1                                                               \
	}

static struct ds_type {
	const char *module, *name;
	struct lyplg_type plugin;
} types[] = {
	{"heddle-types", "mac-address", FORM_TYPE(mac)},
	{"heddle-types", "address-and-length", FORM_TYPE(address)},
	{"heddle-types", "address-or-prefix", FORM_TYPE(prefix)},
	{"heddle-types", "file-mode", FORM_TYPE(mode)},
	{"heddle-types", "segment-or-vlan", VLAN_TYPE},
	{"heddle-types", "segment-or-vlans", VLAN_TYPE},
	{"heddle-types", "vlan-or-range", VLAN_TYPE},
	{"ietf-netconf-acm",
	 "node-instance-identifier",
	 {.id = "heddle path", .store = ds_path_store, .print = ds_path_print, STRING_TYPE}},
};
#define N_TYPES (sizeof(types) / sizeof(types[0]))

/* A leaf without restrictions of its own has the very type that its typedef was compiled to. */
static struct lysc_type *find_type(const struct ly_ctx *ctx, const char *module, const char *name)
{
	const struct lys_module *mod = ly_ctx_get_module_latest(ctx, module);
	const struct lysp_tpdf *defs = mod ? mod->parsed->typedefs : NULL;
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(defs, i)
	{
		if (!strcmp(defs[i].name, name))
			return defs[i].type.compiled;
	}
	return NULL;
}

int ds_types_set(const struct ly_ctx *ctx, struct hd_err *err)
{
	const struct lys_module *mod;
	uint32_t index = 0;

	for (size_t i = 0; i < N_TYPES; i++) {
		struct lysc_type *type = find_type(ctx, types[i].module, types[i].name);

		if (!type)
			return hd_err_set(err, ENOENT, "the YANG module %s has no type %s",
					  types[i].module, types[i].name);
		type->plugin = &types[i].plugin;
	}
	while ((mod = ly_ctx_get_module_iter(ctx, &index)))
		if (mod->compiled)
			lysc_module_dfs_full(mod, visit, NULL);
	return 0;
}

bool ds_type_has_forms(const struct lysc_type *type)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (type->plugin == &types[i].plugin)
			return true;
	return type->basetype != LY_TYPE_STRING && type->basetype != LY_TYPE_ENUM &&
	       type->basetype != LY_TYPE_BOOL && type->basetype != LY_TYPE_EMPTY &&
	       (type->basetype != LY_TYPE_LEAFREF ||
		ds_type_has_forms(((const struct lysc_type_leafref *)type)->realtype));
}

bool ds_type_is_mac(const struct lysc_type *type)
{
	return type->plugin->store == store_mac;
}

char *ds_canonical(const struct lysc_node *schema, const char *text)
{
	const char *form = NULL;
	char *copy;
	LY_ERR rc;

	if (!ds_type_has_forms(((const struct lysc_node_leaf *)schema)->type))
		return ds_strdup(text);
	rc = lyd_value_validate(NULL, schema, text, strlen(text), NULL, NULL, &form);
	copy = ds_strdup((rc == LY_SUCCESS || rc == LY_EINCOMPLETE) && form ? form : text);
	lydict_remove(schema->module->ctx, form);
	return copy;
}
