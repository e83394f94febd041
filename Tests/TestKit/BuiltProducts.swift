// SPDX-License-Identifier: Apache-2.0
// The programs and libraries that this build made, for the tests that run them.
import Glibc

/// The folder of built programs and, below `plugins`, the bundled plugins as a host finds them.
package enum BuiltProducts {
  /// `JACKFIELD_BIN_DIR`, else the nearest folder above the test program that holds the worker.
  package static let directory: String = {
    if let named = getenv("JACKFIELD_BIN_DIR") { return String(cString: named) }
    var folder = executablePath()
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      if access(folder + "/jackfield-worker", X_OK) == 0 { return folder }
    }
    preconditionFailure("no jackfield-worker above the test program: run the tests by `make test`")
  }()

  /// A program of this build, `jackfield` for instance.
  package static func program(_ name: String) -> String { directory + "/" + name }

  /// A shared object of this build by its product's name: `http` is `libhttp.so`.
  package static func library(_ name: String) -> String { directory + "/lib" + name + ".so" }

  private static func executablePath() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    precondition(count > 0, "/proc/self/exe cannot be read")
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
