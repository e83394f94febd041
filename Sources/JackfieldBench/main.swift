// SPDX-License-Identifier: Apache-2.0
// jackfield-bench: what must be fast, beside the shortest C that does the same.
import Glibc

do {
  try await Bench(arguments: Array(CommandLine.arguments.dropFirst())).run()
} catch {
  Bench.say("jackfield-bench: \(error)")
  exit(2)
}
