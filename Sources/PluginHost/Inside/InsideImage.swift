// SPDX-License-Identifier: Apache-2.0
//
// Images that are loaded into the host itself.

import Glibc
import PluginRuntime
import Synchronization

/// The images of this process. Each is loaded once, and stays: images are never unloaded.
enum InsideImage {
  // Safe because: the tables behind an image are constant, and it is never unloaded.
  private struct Loaded: @unchecked Sendable {
    let image: PluginImage
    /// Kept open for good: the loader knows an image by the path of its descriptor, and would take
    /// another one under the same number for it.
    let memory: OwnedDescriptor
  }

  private static let loaded = Mutex<[String: Loaded]>([:])

  /// The image of a build, on whatever thread asks first.
  ///
  /// **Throws** `image_unreadable`, `no_memory`, and what `PluginImage.load` throws.
  static func load(_ plugin: InstalledPlugin) throws(LoadFailure) -> PluginImage {
    let read: LoadedImage
    do throws(PluginHostError) { read = try plugin.image() } catch {
      throw LoadFailure(code: error.code, message: error.message)
    }
    return try loaded.withLock { all throws(LoadFailure) in
      if let known = all[read.hash] { return known.image }
      do throws(LoadError) {
        let image = try PluginImage.load(
          descriptor: read.memory.number, file: "plugin \"\(plugin.id)\"")
        all[read.hash] = Loaded(image: image, memory: read.memory)
        return image
      } catch {
        throw LoadFailure(code: error.code.rawValue, message: error.message)
      }
    }
  }
}
