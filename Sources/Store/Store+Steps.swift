// SPDX-License-Identifier: Apache-2.0
// A store without threads: its owner says when each of its parts runs.

extension Store {
  /// Opens `folder`/main.db, or makes it, on the files of a simulation, and starts no thread.
  ///
  /// The writer, the readers and the checkpointer are the very ones of `open`; what their threads
  /// would do in a loop, `step`, `stepRead` and `stepCheckpoint` do once. Completions come on the
  /// caller's thread, inside the step. A crash is to let go of the store without `close`, after
  /// its disk was told to fail.
  ///
  /// **Isolation** one thread, the caller's, for everything
  ///
  /// **Throws** as `open` does
  package static func openStepped(
    folder: String, on simulation: StoreSimulation,
    deliver: @escaping Deliver = { completions in for completion in completions { completion() } }
  ) throws(StoreError) -> Store {
    let path = try DatabaseFile.prepare(in: folder, of: simulation.files)
    return try Store(path: path, simulation: simulation, isStepped: true, deliver: deliver)
  }

  /// Writes one batch of what is queued; false when nothing was.
  package func step() -> Bool { writer.step() }

  /// Answers the oldest read that waits; false when none did.
  package func stepRead() -> Bool { readers.step() }

  /// Copies the log back into the database as far as no reader needs it.
  package func stepCheckpoint() { checkpointer.copyBack() }
}
