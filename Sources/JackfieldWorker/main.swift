// SPDX-License-Identifier: Apache-2.0
// jackfield-worker: loads one plugin for one project, and answers what the host asks.
//
// It is started by the host with its socket, its image and what else it needs as descriptors; it
// takes no arguments, and is of no use from a terminal.

Worker.run()
