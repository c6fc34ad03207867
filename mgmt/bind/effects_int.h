/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the effects share.
 */
#ifndef MGMT_BIND_EFFECTS_INT_H
#define MGMT_BIND_EFFECTS_INT_H

#include "heddle/api/hostif.h"
#include "heddle/api/port.h"
#include "heddle/api/switch.h"
#include "mgmt/bind/effects.h"

#define EF_KIND_MAX  50 /* effects of one kind that are told one by one */
#define EF_TRUNK_MAX 64 /* a trunk of more VLANs means all that there are */

/* VLANs by number, also those of the switch's own. */
struct ef_set {
	uint64_t w[HD_VLAN_NUMBERS / 64];
};

static inline bool ef_has(const struct ef_set *set, uint16_t vlan)
{
	return set->w[vlan / 64] >> vlan % 64 & 1;
}

static inline void ef_put(struct ef_set *set, uint16_t vlan)
{
	set->w[vlan / 64] |= 1ull << vlan % 64;
}

struct ef_segment {
	const char *key; /* "switch/segment" */
	const char *sw;
	const char *name;
	uint16_t vlan;
	bool internal; /* the number is ours */
	bool bridged;
};

/* VLANs of a switch, by who is in them. "Rest": no uplinks, host interfaces or gateways. */
struct ef_switch {
	const char *name;
	struct ef_set any, rest, rest2, up, up2, host, gateway, off; /* off: of disabled uplinks */
	bool has_uplink;
	bool mixed;                             /* its ports have different MTUs; then: */
	uint16_t *up_min, *rest_min, *rest_max; /* by VLAN; 0: nobody */
};

/* A trunk names a segment that has no VLAN, and that is not its native one: it is not in it. */
struct ef_idle {
	char *port;
	const struct ef_segment *seg;
};

struct ef_view {
	struct bd_objects objects;
	struct ef_switch *sw;   /* by name */
	struct ef_segment *seg; /* by key */
	struct ef_idle *idle;   /* by port and segment */
	size_t n_sw, n_seg, n_idle;
};

/* A port that is there in one of the two, or changed. */
struct ef_port {
	const char *name;
	const struct hd_port_object *before, *after; /* NULL: it is not there */
	bool restarts;
	bool guards; /* something besides the port's own settings changed */
};

struct ef_host {
	const char *name;
	const struct hd_hostif_object *before, *after;
};

struct ef {
	struct ef_view before, after;
	struct ef_port *port; /* by name */
	struct ef_host *host; /* all of them, by name */
	size_t n_ports, n_hosts;
};

struct ef_out {
	const struct ef *ef;
	const struct ef_facts *facts;
	struct ef_list *list;
};

void ef_view_init(struct ef_view *view, const struct bd_objects *objects,
		  const struct lyd_node *tree);
void ef_view_free(struct ef_view *view);

const struct ef_switch *ef_switch_find(const struct ef_view *view, const char *name);
const struct ef_segment *ef_segment_find(const struct ef_view *view, const char *key);

bool ef_is_idle(const struct ef_view *view, const struct ef_idle *idle);

/* The segment that a VLAN is, or NULL. */
const struct ef_segment *ef_segment_of(const struct ef_view *view, const char *sw, uint16_t vlan);

/* "segment office (VLAN 10)", "segment lab", "VLAN 7" */
void ef_vlan_text(const struct ef_view *view, const char *sw, uint16_t vlan, char *text,
		  size_t size);

/* Objects of one type, in order: start with the place. */
struct bd_place ef_first(const struct bd_objects *objects, enum hd_plane plane, enum bd_rank rank,
			 uint32_t type);
const void *ef_next(struct bd_place *place, uint32_t type);

/* All VLANs that a port is in. */
void ef_vlans(const struct hd_port_object *port, struct ef_set *set);
unsigned int ef_count(const struct ef_set *set);

/* Adds an effect; @path (or NULL) is taken over. */
void ef_add(struct ef_out *out, enum ef_severity severity, const char *kind, char *path,
	    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

char *ef_port_path(const char *name);
char *ef_path(const struct ef_port *port); /* of a port, or a gateway */
char *ef_switch_path(const char *name);
char *ef_segment_path(const struct ef_segment *seg);

bool ef_is_up(const struct ef_out *out, const char *port);

/* The order in which parts tell, and those of one rank in the order of their names. */
enum ef_rank { EF_RANK_HOST, EF_RANK_SEGMENT, EF_RANK_PORT, EF_RANK_FEATURE };

/*
 * Those who tell of effects. Each effects_<x>.c, and each feature with effects of its own, registers its
 * part from a constructor, so that no list here names them.
 */
struct ef_part {
	const char *name; /* no two have the same */
	enum ef_rank rank;
	/* Adds to @out, by ef_add(), what the change in out->ef does. Pure. */
	void (*report)(struct ef_out *out);
	/* Objects of this type are a port's kind and change without a restart of the port; 0: none. */
	uint32_t lasting;
	struct ef_part *next;
};
void ef_register(struct ef_part *part);

#define EF_REGISTER(var)                                                 \
	static struct ef_part var;                                       \
	__attribute__((constructor)) static void ef_register_##var(void) \
	{                                                                \
		ef_register(&var);                                       \
	}                                                                \
	static struct ef_part var

/* The VLAN of @before that is the same segment in @after (else the same number). */
uint16_t ef_renumbered(const struct ef *ef, const char *sw, uint16_t vlan);

#endif
