// SPDX-License-Identifier: Apache-2.0
//
// A plugin as it lies in its folder.

import Pipeline
import Synchronization

/// A plugin that was found, usable or not. One object per folder; calls share it.
package final class InstalledPlugin: Sendable {
  package let manifest: PluginManifest
  /// Where plugin.json is.
  package let folder: String
  /// nil for a plugin without an image for this machine, or of the kind `data`.
  package let imagePath: String?
  package let problems: [LoadProblem]
  package let source: PluginSource
  /// What its bytes must hash to; nil for a plugin that is not locked.
  package let lockedHash: String?
  /// The ids of its actions in the manifest's order; a call names one by its index.
  package let actions: [ActionID]

  private let manifestBytes: [UInt8]
  private let hashFunction: LoadedImage.HashFunction
  private let loaded = Mutex<LoadedImage?>(nil)

  /// A plugin whose manifest was read from `manifestBytes`; `hash` is computed over them and the
  /// image's bytes together, at the first use.
  package init(
    manifest: PluginManifest, manifestBytes: [UInt8], folder: String, imagePath: String?,
    problems: [LoadProblem] = [], source: PluginSource = .listed, lockedHash: String? = nil,
    hash: @escaping LoadedImage.HashFunction
  ) {
    self.manifest = manifest
    self.folder = folder
    self.imagePath = imagePath
    self.manifestBytes = manifestBytes
    self.problems = problems
    self.source = source
    self.lockedHash = lockedHash
    actions = manifest.actions.map(\.id)
    hashFunction = hash
  }

  /// The same plugin with one more problem.
  func adding(_ problem: LoadProblem) -> InstalledPlugin {
    InstalledPlugin(
      manifest: manifest, manifestBytes: manifestBytes, folder: folder, imagePath: imagePath,
      problems: problems + [problem], source: source, lockedHash: lockedHash, hash: hashFunction)
  }

  package var id: PluginID { manifest.id }

  /// The interface of its image: `jackfield.action/1`, or a transport's or a listener's.
  package var interface: String { manifest.interface ?? "jackfield.action/1" }

  /// How many calls one worker runs at once: 1 unless the manifest says `concurrent`.
  package var maxCalls: Int { manifest.maxCalls }

  /// Whether nothing is wrong with it that keeps it from running.
  package var usable: Bool { !problems.contains { $0.severity == .error } }

  /// The hash over image and manifest together, computed at the first use; empty when the image
  /// cannot be read.
  package var hash: String { (try? image().hash) ?? "" }

  /// What names this build: the hash that is locked, else that of its bytes.
  package var build: String { lockedHash ?? hash }

  /// What the journal names this build by; read with the image, at the first use.
  package var shortBuild: String { (try? image().shortHash) ?? "" }

  /// The image in sealed memory, read at the first use. What failed is tried again at the next: the
  /// memory or the disk that was short then need not be short for the life of the host.
  ///
  /// **Throws** `image_unreadable`, `no_memory`; `hash_mismatch` for a locked plugin whose files
  /// are not those that were locked.
  package func image() throws(PluginHostError) -> LoadedImage {
    try loaded.withLock { image throws(PluginHostError) in
      if let image { return image }
      let read = try LoadedImage.load(
        image: imagePath, manifest: manifestBytes, hash: hashFunction)
      if let problem = mismatch(read.hash) {
        throw PluginHostError(code: problem.code, message: problem.message)
      }
      image = read
      return read
    }
  }

  /// What is wrong with the files as they lie there now; nil when they are those that were locked.
  func lockProblem() -> LoadProblem? {
    guard lockedHash != nil else { return nil }
    do throws(PluginHostError) {
      return mismatch(
        try LoadedImage.hash(image: imagePath, manifest: manifestBytes, hash: hashFunction))
    } catch {
      return LoadProblem(code: error.code, message: error.message)
    }
  }

  private func mismatch(_ found: String) -> LoadProblem? {
    guard let lockedHash, found != lockedHash else { return nil }
    return .hashMismatch(
      id, folder: folder, found: found, expected: lockedHash, wanted: "the lock says",
      advice: "its files were changed after the install; jackfield plugin install PATH puts them "
        + "back from where they came")
  }
}
