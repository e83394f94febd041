// SPDX-License-Identifier: Apache-2.0
// The plugin of the bench, laid out as a host finds it.
import Foundation

/// A folder `plugins/bench_echo` with a manifest and the echo's shared object.
enum EchoPlugin {
  static let id = "bench_echo"
  static let action = "bench_echo.echo"
  /// Computes until its worker is killed.
  static let burning = "bench_echo.burn"

  /// Makes it inside `folder`; returns the plugin's folder.
  static func install(in folder: BenchFolder) throws -> String {
    let path = folder("plugins/" + id)
    let files = FileManager.default
    try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    try manifest.write(toFile: path + "/plugin.json", atomically: false, encoding: .utf8)
    try? files.removeItem(atPath: path + "/bench_echo.so")
    try files.copyItem(atPath: library, toPath: path + "/bench_echo.so")
    return path
  }

  /// An object of 200 bytes, the value of every call of the bench.
  static let parameters = Array(
    ("{\"text\":\"" + String(repeating: "x", count: 189) + "\"}").utf8)

  /// `libbench_echo.so` lies beside the program in every build.
  static var library: String { programFolder + "/libbench_echo.so" }

  /// Where the bench lies, and with it all programs of its build.
  static var programFolder: String {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return "/" + (program ?? "./x").split(separator: "/").dropLast().joined(separator: "/")
  }

  private static let manifest = """
    {
      "format": 1, "id": "bench_echo", "version": "1.0.0", "abi": "0.1",
      "title": "Echo of the bench", "description": "Returns its parameters.",
      "vendor": "Jackfield", "license": "Apache-2.0",
      "library": { "linux-x86_64": "bench_echo.so", "linux-aarch64": "bench_echo.so" },
      "concurrent": true, "max_calls": 256,
      "actions": [
        {
          "id": "bench_echo.echo", "title": "Echo", "description": "Returns its parameters.",
          "category": "Test", "side_effect": "pure",
          "parameters": { "type": "object", "properties": { "text": { "type": "string" } } },
          "result": { "type": "object" }
        },
        {
          "id": "bench_echo.burn", "title": "Burn", "description": "Never returns.",
          "category": "Test", "side_effect": "pure", "parameters": { "type": "object" },
          "result": { "type": "object" }
        }
      ]
    }
    """
}
