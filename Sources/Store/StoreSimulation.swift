// SPDX-License-Identifier: Apache-2.0
// How a stepped store is opened.

/// What a simulation chooses of a store; a store with threads has the values of the product.
package struct StoreSimulation: Sendable {
  package var files: any StoreFiles
  package var faults = StoreFaults()
  /// The length of the log at which the writer waits for readers; at a sixteenth it is copied back.
  /// A short one, so that a short simulation meets both.
  ///
  /// **Unit** pages of 4 KiB
  package var logPages = StoreLimits.logPages

  package init(files: any StoreFiles) { self.files = files }

  /// What every store with threads is.
  static let none = StoreSimulation(files: HostFiles())
}
