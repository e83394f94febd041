/* SPDX-License-Identifier: Apache-2.0 · libmicrohttpd, of the system. */
#include <microhttpd.h>
