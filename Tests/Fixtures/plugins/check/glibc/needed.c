/* SPDX-License-Identifier: Apache-2.0
 * A later libc, for the linker alone. */
int future(void);
int future(void) { return 0; }
