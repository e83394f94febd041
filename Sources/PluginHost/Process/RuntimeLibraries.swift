// SPDX-License-Identifier: Apache-2.0
//
// Where the Swift runtime is that this very process runs on, so that workers find the same one.

/// The folder the host's own Swift runtime was loaded from.
package enum RuntimeLibraries {
  /// The folder of the mapped libswiftCore.so; nil when the runtime is linked in statically.
  package static let folder: String? = {
    guard let maps = readFile("/proc/self/maps", limit: 8 << 20) else { return nil }
    for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
      guard line.hasSuffix("/libswiftCore.so"), let start = line.firstIndex(of: "/"),
        let end = line.lastIndex(of: "/")
      else { continue }
      return String(line[start..<end])
    }
    return nil
  }()

  /// The whole environment of a worker: nothing of the host's but the way to the runtime.
  package static let workerEnvironment: [String] = {
    var environment = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"]
    if let folder { environment.append("LD_LIBRARY_PATH=\(folder)") }
    return environment
  }()

  /// The same for a transport, through which secrets go: the C library writes over memory as it is
  /// freed, that of Swift's texts, of libcurl and of the TLS library alike. Small pieces are not
  /// written over while a thread keeps them for itself (`tcache`), so none does.
  package static let transportEnvironment =
    workerEnvironment + ["GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"]
}
