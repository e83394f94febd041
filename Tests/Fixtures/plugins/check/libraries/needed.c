/* SPDX-License-Identifier: Apache-2.0
 * A library for the linker alone. */
int nowhere(void);
int nowhere(void) { return 0; }
