// SPDX-License-Identifier: Apache-2.0
// The plugin of the bench that waits for a peer: the same shared object under another name.
import Foundation

/// A folder `plugins/bench_fetch` whose one action sends a GET and waits for the answer.
enum FetchPlugin {
  static let id = "bench_fetch"
  static let action = "bench_fetch.get"
  /// The most that one worker runs at once.
  static let callsAtOnce = 1_000

  /// Makes it inside `folder`.
  static func install(in folder: BenchFolder) throws {
    let path = folder("plugins/" + id)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try manifest.write(toFile: path + "/plugin.json", atomically: false, encoding: .utf8)
    try FileManager.default.copyItem(atPath: EchoPlugin.library, toPath: path + "/bench_fetch.so")
  }

  private static let manifest = """
    {
      "format": 1, "id": "bench_fetch", "version": "1.0.0", "abi": "0.1",
      "title": "Fetch of the bench", "description": "Sends a GET.",
      "vendor": "Jackfield", "license": "Apache-2.0",
      "library": { "linux-x86_64": "bench_fetch.so", "linux-aarch64": "bench_fetch.so" },
      "concurrent": true, "max_calls": \(callsAtOnce),
      "requires": { "interfaces": ["jackfield.http/1"] }, "grants": { "hosts": ["*"] },
      "actions": [
        {
          "id": "bench_fetch.get", "title": "Get", "description": "Sends a GET.",
          "category": "Test", "side_effect": "idempotent",
          "parameters": { "type": "object", "properties": { "url": { "type": "string" } } },
          "result": { "type": "object" }
        }
      ]
    }
    """
}
