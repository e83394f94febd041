// SPDX-License-Identifier: Apache-2.0
// jackfield-fuzz: bytes of nobody's making into every place that reads bytes of strangers.
import Glibc

exit(FuzzProgram(arguments: CommandLine.arguments).run())
