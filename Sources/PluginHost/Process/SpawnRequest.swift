// SPDX-License-Identifier: Apache-2.0
//
// What a worker process is started with, and what comes of it.

/// One worker to start.
package struct SpawnRequest: Sendable {
  /// The path of the worker program.
  package let program: String
  /// **Shape** `NAME=value`.
  package let environment: [String]
  /// The worker's standard input; nil: /dev/null.
  let input: OwnedDescriptor?
  /// Where its standard output and error go.
  let output: OwnedDescriptor
  /// The descriptors 3, 4, 5 and 7; 6 is the registry's lock.
  let socket: OwnedDescriptor
  let image: OwnedDescriptor
  let entered: OwnedDescriptor
  let listening: OwnedDescriptor?
  /// Finds what the image needs; nil where nothing keeps its worker from reading files.
  let libraries: LibraryClosure?
  /// Where it gets a control group, and what that bounds; nil where there are none.
  let groups: (all: ControlGroups, bounds: WorkerBounds)?
}

/// A worker process that was started.
package struct SpawnedProcess: Sendable {
  package let pid: Int32
  package let pidfd: OwnedDescriptor
  /// Where the weight of its autogroup is written; -1 where the kernel has none.
  let autogroup: OwnedDescriptor
  /// The files of the libraries that its image needs.
  let libraries: [String]
  /// Its control group, or why it has none though it should.
  let group: WorkerGroup?
  let groupProblem: String?
}
