// SPDX-License-Identifier: Apache-2.0
// What the store does with files beside SQLite.

/// The files of a data folder: those of the host, or of a disk that is simulated.
package protocol StoreFiles: Sendable {
  /// The name of SQLite's VFS that reaches the same files; nil is the system's own.
  var vfs: String? { get }
  /// Makes the folder where it is missing.
  func makeFolder(_ folder: String) throws(StoreError)
  /// The first `size` bytes of a file, fewer where it is shorter; nil where there is none.
  func head(of path: String, size: Int) throws(StoreError) -> [UInt8]?
  /// Makes an empty file, private from its first moment.
  ///
  /// **Throws** `folder_unwritable` where there is one already
  func touch(_ path: String) throws(StoreError)
  /// Removes a file if it is there.
  func remove(_ path: String)
  /// Puts a file in the place of another, whole or not at all.
  func rename(_ from: String, to: String) throws(StoreError)
  /// Makes the names in a folder durable.
  func syncFolder(_ folder: String)
}
