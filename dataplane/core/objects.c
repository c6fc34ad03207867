/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The classes of objects that each configuration has (ports, switches, segments), with the checks
 * of single objects. References between objects are checked when the tree is built.
 */
#include <errno.h>

#include <rte_common.h>

#include "heddle/api/port.h"
#include "heddle/api/switch.h"
#include "heddle/config/store.h"

static int check_vlan(uint16_t vlan, struct hd_err *err)
{
	if (!hd_vlan_valid(vlan))
		return hd_err_set(err, EINVAL, "VLAN %u is not in %d..%d or %d..%d", vlan,
				  HD_VLAN_MIN, HD_VLAN_MAX, HD_VLAN_INTERNAL_MIN,
				  HD_VLAN_NUMBERS - 1);
	return 0;
}

static int check_vlan_set(const struct hd_vlan_set *set, const char *what, struct hd_err *err)
{
	if (hd_vlan_set_has(set, 0) || hd_vlan_set_has(set, HD_VID_MASK))
		return hd_err_set(err, EINVAL, "%s must not contain 0 or 4095", what);
	return 0;
}

static int port_check_vlans(const struct hd_port_object *o, struct hd_err *err)
{
	static const uint32_t trunk_only = HD_PORT_NATIVE_TAGGED;
	int rc = check_vlan_set(&o->vlans, "the VLANs of a trunk", err);

	if (!rc)
		rc = check_vlan_set(&o->cvlans, "the customer VLANs of a tunnel", err);
	if (!rc && (o->mode == HD_VLAN_ACCESS || o->mode == HD_VLAN_TUNNEL || o->pvid))
		rc = check_vlan(o->pvid, err);
	if (!rc && o->mode != HD_VLAN_TRUNK && o->flags & trunk_only)
		rc = hd_err_set(err, EINVAL, "native-tagged is for trunks");
	if (!rc && o->flags & HD_PORT_NATIVE_TAGGED && !hd_vlan_id(o->pvid))
		rc = hd_err_set(err, EINVAL, "native-tagged, and the native VLAN has no id");
	if (!rc && o->mode == HD_VLAN_TUNNEL && o->priority_tags != HD_PRIORITY_TAGS_NEVER)
		rc = hd_err_set(err, EINVAL, "a tunnel makes no priority tags");
	if (!rc && o->mode != HD_VLAN_TUNNEL && o->flags & HD_PORT_CVLANS)
		rc = hd_err_set(err, EINVAL, "customer VLANs are for tunnels");
	if (!rc && o->flags & (HD_PORT_HOST | HD_PORT_GATEWAY) && o->mode != HD_VLAN_ACCESS)
		rc = hd_err_set(err, EINVAL,
				"a host interface or gateway is in one VLAN: mode access");
	if (!rc && (o->mode == HD_VLAN_NONE) != (o->switch_name[0] == '\0'))
		rc = hd_err_set(err, EINVAL, "a VLAN mode and a switch go together");
	return rc;
}

static int port_validate(const void *object, struct hd_err *err)
{
	const struct hd_port_object *o = object;

	if (!hd_name_valid(o->head.key, HD_NAME_MAX))
		return hd_err_set(err, EINVAL, "not a name");
	if (!hd_name_valid(o->kind, sizeof(o->kind)))
		return hd_err_set(err, EINVAL, "the kind is not a name");
	if (!hd_str_terminated(o->switch_name, sizeof(o->switch_name)))
		return hd_err_set(err, EINVAL, "the switch is not a name");
	if (o->mode > HD_VLAN_TUNNEL)
		return hd_err_set(err, EINVAL, "VLAN mode %u is unknown", o->mode);
	if (o->tpid != HD_TPID_C && o->tpid != HD_TPID_S)
		return hd_err_set(err, EINVAL, "tag protocol 0x%04x is neither 0x8100 nor 0x88a8",
				  o->tpid);
	if (o->mtu < HD_PORT_MTU_MIN || o->mtu > HD_PORT_MTU_MAX)
		return hd_err_set(err, EINVAL, "MTU %u is not in %d..%d", o->mtu, HD_PORT_MTU_MIN,
				  HD_PORT_MTU_MAX);
	if (o->priority_tags > HD_PRIORITY_TAGS_ALWAYS || o->default_pcp > 7)
		return hd_err_set(err, EINVAL, "priority settings are out of range");
	return port_check_vlans(o, err);
}

static int switch_validate(const void *object, struct hd_err *err)
{
	const struct hd_switch_object *o = object;

	if (!hd_name_valid(o->head.key, HD_NAME_MAX))
		return hd_err_set(err, EINVAL, "not a name");
	if (o->ageing_s < HD_AGEING_MIN || o->ageing_s > HD_AGEING_MAX)
		return hd_err_set(err, EINVAL, "ageing time %u s is not in %d..%d", o->ageing_s,
				  HD_AGEING_MIN, HD_AGEING_MAX);
	return 0;
}

static int segment_validate(const void *object, struct hd_err *err)
{
	const struct hd_segment_object *o = object;

	if (!hd_name_valid(o->switch_name, sizeof(o->switch_name)))
		return hd_err_set(err, EINVAL, "the switch is not a name");
	return check_vlan(o->vlan, err);
}

static struct hd_object_class port_class = {
	.name = "port",
	.type = HD_PORT,
	.size = sizeof(struct hd_port_object),
	.validate = port_validate,
};
static struct hd_object_class switch_class = {
	.name = "switch",
	.type = HD_SWITCH,
	.size = sizeof(struct hd_switch_object),
	.validate = switch_validate,
};
static struct hd_object_class segment_class = {
	.name = "segment",
	.type = HD_SEGMENT,
	.size = sizeof(struct hd_segment_object),
	.validate = segment_validate,
};

RTE_INIT(objects_register)
{
	hd_object_class_register(&port_class);
	hd_object_class_register(&switch_class);
	hd_object_class_register(&segment_class);
}
