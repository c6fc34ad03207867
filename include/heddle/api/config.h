/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration of a plane: a bracket around "make it so" calls on named objects.
 *
 *	BEGIN, object messages, PREPARE -> COMMIT or ABORT
 *
 * A full bracket starts from nothing: an object that it does not name is removed. A delta starts
 * from the configuration that the plane holds, whose generation must be the one that the sender
 * names. An object message is an event, so it is not answered. The first one that is refused makes
 * PREPARE fail, with the object's name and the reason. An object that did not change is not
 * touched: its port stays open and loses no packet. PREPARE does all that can fail; COMMIT
 * publishes and cannot fail. A lost channel aborts, and so does a new BEGIN. The state of the
 * outside world, like a NIC that is not there, is no reason to refuse.
 */
#ifndef HEDDLE_API_CONFIG_H
#define HEDDLE_API_CONFIG_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

enum hd_config_mode {
	HD_CONFIG_FULL = 1,
	HD_CONFIG_DELTA = 2,
};

struct hd_config_begin {
	uint64_t base;       /* delta: the generation that the plane must hold, else -ESTALE */
	uint64_t generation; /* the one that the plane holds after COMMIT; not 0 */
	uint32_t mode;       /* enum hd_config_mode */
	uint32_t zero;
};
HD_REQ(CONFIG_BEGIN, HD_MSG_ID(HD_MODULE_CONFIG, 1), struct hd_config_begin, struct hd_nothing);

struct hd_config_result {
	uint32_t added, changed, removed, unchanged; /* numbers of objects */
	uint32_t ports_opened, ports_restarted, ports_closed, zero;
};
HD_REQ(CONFIG_PREPARE, HD_MSG_ID(HD_MODULE_CONFIG, 2), struct hd_nothing, struct hd_config_result);
HD_REQ(CONFIG_COMMIT, HD_MSG_ID(HD_MODULE_CONFIG, 3), struct hd_nothing, struct hd_config_result);
HD_REQ(CONFIG_ABORT, HD_MSG_ID(HD_MODULE_CONFIG, 4), struct hd_nothing, struct hd_nothing);

/* The head of every object message. Objects are named by (message type, key). */
enum hd_object_op {
	HD_OBJECT_SET = 1,
	HD_OBJECT_DELETE =
		2, /* the rest of the message is zero; no error if there is no such object */
};

struct hd_object {
	char key[HD_KEY_MAX]; /* zero after the NUL, since objects are compared whole */
	uint32_t op;          /* enum hd_object_op */
	uint32_t zero;
};

/* An object message. Structs are compared whole, so the sender zeroes the padding. */
#define HD_OBJECT(NAME, id, object_type)                                   \
	enum { HD_##NAME = (id), HD_##NAME##_SIZE = sizeof(object_type) }; \
	_Static_assert(sizeof(object_type) % 8 == 0, #NAME)

#endif
