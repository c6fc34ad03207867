/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration of a plane: a bracket around "make it so" calls on named objects.
 *
 *	BEGIN, object messages, PREPARE -> COMMIT or ABORT
 *
 * A full bracket starts from nothing: an object that is not named in it goes. A delta starts from
 * what the plane holds, whose generation must be the one that the sender names. An object message
 * is an event: it is not answered; the first one that is refused makes PREPARE fail, with its name
 * and the reason. An object that comes as it was is not touched: its port stays open and loses no
 * packet. PREPARE does all that can fail; COMMIT publishes and cannot fail. A lost channel, or a new
 * BEGIN, aborts. What depends on the outside (a NIC that is not there) is not a reason to refuse.
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
	uint64_t base;       /* delta: generation that it starts from (-ESTALE if it is another) */
	uint64_t generation; /* that the plane holds after COMMIT; not 0 */
	uint32_t mode;       /* enum hd_config_mode */
	uint32_t zero;
};
HD_REQ(CONFIG_BEGIN, HD_MSG_ID(HD_MODULE_CONFIG, 1), struct hd_config_begin, struct hd_nothing);

struct hd_config_result {
	uint32_t added, changed, removed, unchanged; /* objects */
	uint32_t ports_opened, ports_restarted, ports_closed, zero;
};
HD_REQ(CONFIG_PREPARE, HD_MSG_ID(HD_MODULE_CONFIG, 2), struct hd_nothing, struct hd_config_result);
HD_REQ(CONFIG_COMMIT, HD_MSG_ID(HD_MODULE_CONFIG, 3), struct hd_nothing, struct hd_config_result);
HD_REQ(CONFIG_ABORT, HD_MSG_ID(HD_MODULE_CONFIG, 4), struct hd_nothing, struct hd_nothing);

/* The head of every object message. Objects are named by (message type, key). */
enum hd_object_op {
	HD_OBJECT_SET = 1,
	HD_OBJECT_DELETE =
		2, /* the rest of the message is zero; not an error when it is not there */
};

struct hd_object {
	char key[HD_KEY_MAX]; /* the zero bytes after the NUL count when objects are compared */
	uint32_t op;          /* enum hd_object_op */
	uint32_t zero;
};

/* An object message. A struct is compared whole, so its padding is zeroed by the sender. */
#define HD_OBJECT(NAME, id, object_type)                                   \
	enum { HD_##NAME = (id), HD_##NAME##_SIZE = sizeof(object_type) }; \
	_Static_assert(sizeof(object_type) % 8 == 0, #NAME)

#endif
