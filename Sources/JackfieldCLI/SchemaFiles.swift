// SPDX-License-Identifier: Apache-2.0
// The JSON Schemas that come with the program.
import Glibc

/// Finds the schemas of documents.
enum SchemaFiles {
  /// `schema/NAME.schema.json` beside the program, else in `../share/jackfield` from there.
  ///
  /// - Throws: `CommandError` with both places.
  static func path(_ name: String) throws(CommandError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count - 1))
    let program = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let folder = program.lastIndex(of: "/").map { program[..<$0] } ?? "."
    let places = ["\(folder)/schema", "\(folder)/../share/jackfield/schema"].map {
      "\($0)/\(name).schema.json"
    }
    guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
      throw CommandError(
        "the schema is not installed with this program: neither \(places[0]) nor \(places[1]) is "
          + "there")
    }
    return found
  }
}
