// SPDX-License-Identifier: Apache-2.0
// The inputs that are kept: each reached something that no other did, or once broke a property.
import TestKit

/// The inputs of one surface, a file each, in `Tests/Fuzz/corpus/<surface>`.
package enum Corpus {
  package static func folder(of surface: Surface) -> String {
    PackageFolder.path + "/Tests/Fuzz/corpus/" + surface.name
  }

  /// In the order of their names.
  package static func inputs(of surface: Surface) -> [(name: String, bytes: [UInt8])] {
    let folder = folder(of: surface)
    return TestFile.names(in: folder).compactMap { name in
      TestFile.bytes(of: folder + "/" + name).map { (name, $0) }
    }
  }
}
