/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of the kind vhost-user: a port in a directory of its own, and a guest for it. */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_USER_TEST_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_USER_TEST_H

#include "dataplane/port/port_fixture.h"
#include "dataplane/port/vhost_user/vhost_user.h"
#include "tests/lab/tools/vhost_front.h"

#define VT_PORT   "web1"
#define VT_FRAMES 1023
#define VT_BIG    63
#define VT_ALL    (VF_FEATURES_PLAIN | VF_FEATURES_OFFLOAD)

extern char vt_dir[64];
extern struct dp_worker *const vt_worker;
extern int vt_admits; /* how often heddled got VHOST_ADMIT */

/* Makes a temporary directory, and starts the fixture. */
int vt_setup(void);

/* An object with @socket below the directory. */
struct hd_vhost_user_object vt_object(const char *socket, bool server, uint16_t queues);

/* Makes and opens a port. Exits on failure. */
struct dp_port *vt_port(const struct hd_vhost_user_object *o);

/* A guest's settings for the other side of @o. */
struct vf_config vt_guest(const struct hd_vhost_user_object *o, char path[108]);

/* Polls the port until it is up (or down), at most 2 s. */
bool vt_wait(struct dp_port *port, bool up);

/* Calls vf_connect() when the port has finished with the guest before. */
int vt_connect(struct dp_port *port, struct vf_dev *guest, const struct vf_config *conf);

/* Opens the port, connects the guest, and waits until the port is up. */
void vt_attach(struct dp_port *port, struct vf_dev *guest, const struct vf_config *conf);

/* Receives one packet of the guest's from queue @q of the port, at most 1 s later. */
struct rte_mbuf *vt_rx(struct dp_port *port, uint16_t q);

/* Makes a packet of the @len bytes at @frame, in segments of at most @seg bytes. */
struct rte_mbuf *vt_mbuf(const void *frame, uint32_t len, uint16_t seg);

/* Asserts that all mbufs were freed. */
void vt_no_leak(void);

/*
 * Writes a TCP packet over IPv4 (@version 4) or IPv6, with a partial checksum. Returns its length.
 */
uint32_t vt_tcp(uint8_t *frame, int version, uint32_t payload);

#endif
