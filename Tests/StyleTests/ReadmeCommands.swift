// SPDX-License-Identifier: Apache-2.0
// Which commands of the README are run, and where.

enum ReadmeCommands {
  /// Beginnings of commands; each names the test that runs it.
  static let covered: [String] = [
    "make demo",  // .ci/run
    "make test",  // .ci/run, test-small too
    "make deps",  // .ci/run
    "make bench",  // built on every build; run by hand
    "make build",  // Makefile: test-small and demo go through its rules
    "make release",
    "make help",
    "jackfield project apply",  // Tests/Demo
    "jackfield credential set",  // Tests/Demo
    "jackfield connector apply",  // Tests/Demo
    "jackfield serve",  // Tests/Demo
    "jackfield runs show",  // Tests/Demo
    "jackfield run",  // Tests/Small
  ]
}
