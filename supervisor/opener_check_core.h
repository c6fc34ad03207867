/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of requests to the opener. An attacker may control a plane, so every byte of a request is
 * checked. Pure: these functions look at bytes only. Each returns 0, or -EINVAL with @err.
 */
#ifndef SUPERVISOR_OPENER_CHECK_CORE_H
#define SUPERVISOR_OPENER_CHECK_CORE_H

#include "heddle/api/opener.h"
#include "heddle/base/err.h"

#define OPENER_MTU_MIN 68
#define OPENER_MTU_MAX 65521
#define OPENER_SHM_MAX (16ull << 30)

int opener_check_tap(const struct hd_open_tap *req, struct hd_err *err);
int opener_check_packet(const struct hd_open_packet *req, struct hd_err *err);
int opener_check_release(const struct hd_open_release *req, struct hd_err *err);
int opener_check_shm(const struct hd_open_shm *req, struct hd_err *err);
int opener_check_capture(const struct hd_open_capture *req, struct hd_err *err);
int opener_check_vhost(const struct hd_open_vhost *req, struct hd_err *err);

#endif
