// SPDX-License-Identifier: Apache-2.0
// jackfield-probe: loads one plugin and asks it one question of `jackfield plugin check`, or runs one
// call again for `jackfield plugin replay`.
//
// It is started by these with what it needs as descriptors. By hand it is of use under a debugger:
// `jackfield-probe replay FILE IMAGE`.
import PluginCheck

Probe.run()
