// SPDX-License-Identifier: Apache-2.0
// Images as `plugin check` and the host read them, without loading.
import Pipeline
import PluginHost

extension Surface {
  static let elf = Surface(
    name: "elf",
    summary: "an image is read or refused, what is said of it can be printed, work is bounded",
    mostBytes: 16_384,
    words: [
      "\u{7F}ELF\u{2}\u{1}\u{1}", "jf_plugin_entry_v0", "libc.so.6\0", "GLIBC_2.34\0", "$s4main",
    ],
    examine: { (input) throws(BrokenProperty) in
      let functions = ELFFunctions(bytes: input)
      for address in [0, 0x1000, 0x1100, UInt64.max] {
        guard let name = functions.name(at: address) else { continue }
        try require(name.isFitForTerminal, "a function's name holds no control character")
      }
      let image: ELFImage
      do throws(LoadProblem) {
        image = try ELFImage(bytes: input)
      } catch {
        return try examine(error)
      }
      try require(image.symbols.count <= input.count, "no more symbols than bytes")
      let problems = ImageCheck.explain(
        image, path: "x.so", manifest: manifestOfImages, libraries: libraries)
      for problem in problems { try examine(problem) }
    })

  private static func examine(_ problem: LoadProblem) throws(BrokenProperty) {
    try require(!problem.message.isEmpty, "a problem says what it is")
    try require(problem.message.utf8.count <= 65_536, "a problem is short")
    try require(problem.message.isFitForTerminal, "a problem holds no control character")
  }

  private static let libraries = LibrarySearch()
  private static let manifestOfImages = PluginManifest(
    id: "shop", version: "1.0.0", abi: ABIVersion(major: 0, minor: 1))
}
