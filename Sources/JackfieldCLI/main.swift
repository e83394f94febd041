// SPDX-License-Identifier: Apache-2.0
// The program `jackfield`.
import Glibc

exit(Program.run(Array(CommandLine.arguments.dropFirst())))
