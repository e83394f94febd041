// SPDX-License-Identifier: Apache-2.0
// jackfield-probe: loads one plugin and asks it one question of `jackfield plugin check`.
//
// It is started by the checker with what it needs as descriptors; it takes no arguments, and is of
// no use from a terminal.
import PluginCheck

Probe.run()
