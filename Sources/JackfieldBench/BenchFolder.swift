// SPDX-License-Identifier: Apache-2.0
// Where the bench keeps its databases, on a real disk.
import Foundation

/// A folder beside the program, removed with its contents when the last reference goes.
///
/// Not `/tmp`: on many machines that is memory, where an fsync costs nothing.
final class BenchFolder {
  let path: String
  private let isKept: Bool

  init() throws {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var template = Array((program + "-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw BenchError(code: "usage", reason: "no folder can be made beside \(program)")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    isKept = false
  }

  /// A folder that stays, made where it is missing.
  init(keptAt path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    self.path = path
    isKept = true
  }

  deinit {
    if !isKept { try? FileManager.default.removeItem(atPath: path) }
  }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: self(name), atomically: false, encoding: .utf8)
  }
}
