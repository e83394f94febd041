// SPDX-License-Identifier: Apache-2.0
//
// A plugin as it lies in its folder.

import Pipeline
import Synchronization

/// A plugin that was found, usable or not. One object per folder; calls share it.
package final class InstalledPlugin: Sendable {
  package let id: PluginID
  /// The interface of its image: `jackfield.action/1`, or a transport's or a listener's.
  package let interface: String
  /// Its actions; a call names one by its index in this list.
  package let actions: [ActionID]
  /// How many calls one worker runs at once: 1 unless the manifest says `concurrent`.
  package let maxCalls: Int
  /// Where plugin.json is.
  package let folder: String
  /// nil for a plugin without an image for this machine, or of the kind `data`.
  package let imagePath: String?
  package let problems: [LoadProblem]

  private let manifestBytes: [UInt8]
  private let hashFunction: LoadedImage.HashFunction
  private let loaded = Mutex<Result<LoadedImage, PluginHostError>?>(nil)

  package init(
    id: PluginID, interface: String, actions: [ActionID], maxCalls: Int, folder: String,
    imagePath: String?, manifestBytes: [UInt8], problems: [LoadProblem],
    hash: @escaping LoadedImage.HashFunction
  ) {
    self.id = id
    self.interface = interface
    self.actions = actions
    self.maxCalls = maxCalls
    self.folder = folder
    self.imagePath = imagePath
    self.manifestBytes = manifestBytes
    self.problems = problems
    hashFunction = hash
  }

  /// Whether nothing is wrong with it that keeps it from running.
  package var usable: Bool { !problems.contains { $0.severity == .error } }

  /// The hash over image and manifest together, computed at the first use; empty when the image
  /// cannot be read.
  package var hash: String { (try? image().hash) ?? "" }

  /// The image in sealed memory, read at the first use.
  ///
  /// **Throws** `image_unreadable`, `no_memory`; again the same at the next use.
  package func image() throws(PluginHostError) -> LoadedImage {
    try loaded.withLock { state in
      if let state { return state }
      let result: Result<LoadedImage, PluginHostError>
      do throws(PluginHostError) {
        result = .success(
          try LoadedImage.load(image: imagePath, manifest: manifestBytes, hash: hashFunction))
      } catch {
        result = .failure(error)
      }
      state = result
      return result
    }.get()
  }
}
