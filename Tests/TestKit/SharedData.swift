// SPDX-License-Identifier: Apache-2.0
// Real inputs that lie beside the project, not in it: a user's clone has none.
import Glibc

/// The folder of data that the project does not own (published webhook bodies, the JSON suite).
package enum SharedData {
  /// nil where there is none: a test that needs it then says so and ends.
  ///
  /// **Shape**: `JACKFIELD_SHARED`, else `../shared` beside the package.
  package static let folder: String? = {
    if let named = getenv("JACKFIELD_SHARED") { return String(cString: named) }
    let beside = PackageFolder.path + "/../shared"
    return access(beside + "/data", R_OK) == 0 ? beside : nil
  }()
}
