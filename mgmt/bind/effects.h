/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a change does to a switch that lives: which ports restart, which VLANs go and who uses them,
 * and what in it is probably not meant. Two configurations are compared; mistakes that were there
 * before are not told of again. Pure: what the planes know comes as an argument.
 *
 * Which changes restart a port is heddle-dp's to decide: it does when the object of the port's kind
 * changed, or its kind (dataplane/core/config_port.c). A test holds the two together.
 */
#ifndef MGMT_BIND_EFFECTS_H
#define MGMT_BIND_EFFECTS_H

#include <libyang/libyang.h>

#include "mgmt/bind/objects.h"

enum ef_severity { EF_DANGER, EF_WARNING, EF_INFO };

struct ef_effect {
	enum ef_severity severity;
	const char *kind; /* "port-restarts", ...: a word for programs */
	char *path;       /* what it is about; NULL: several things */
	char *text;       /* a sentence */
};

struct ef_list {
	struct ef_effect *at;
	size_t n;
};

void ef_list_free(struct ef_list *list);

/* The two sides of a change. */
struct ef;

/*
 * One side after the other, since one tree may show the one and then the other. Each call takes what it
 * needs of the objects and of the tree (NULL: none); neither has to live longer.
 */
struct ef *ef_new(const struct bd_objects *before, const struct lyd_node *tree);
void ef_after(struct ef *ef, const struct bd_objects *after, const struct lyd_node *tree);
void ef_free(struct ef *ef);

/* Names of ports that lose frames, at most @max, whose addresses are worth counting. */
size_t ef_disturbed(const struct ef *ef, const char **names, size_t max);

/* What is known of the live switch. Any of them may be NULL: then numbers are left out. */
struct ef_facts {
	bool (*up)(const char *port, void *arg);
	int64_t (*port_macs)(const char *port, void *arg); /* below 0: not known */
	int64_t (*vlan_macs)(const char *switch_name, uint16_t vlan, void *arg);
	void *arg;
	const char *address; /* of this machine, by which who asks is connected; NULL: not known */
};

/* Fills @list: what matters most first. */
void ef_report(const struct ef *ef, const struct ef_facts *facts, struct ef_list *list);

/* "danger", "warning", "info" */
const char *ef_severity_name(enum ef_severity severity);

#endif
