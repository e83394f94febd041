// SPDX-License-Identifier: Apache-2.0
// The checks that read and run nothing.

extension PluginCheck {
  static let reading: [PluginCheck] = [
    .reading(
      "manifest", "plugin.json is whole, and every example fits the schemas.", needs: .folder,
      ManifestReading.check),
    .reading(
      "image", "The library is a shared object for this machine.", needs: .manifest,
      ImageReading.kind),
    .reading("libraries", "Every library it needs is installed here.", ImageReading.libraries),
    .reading(
      "glibc", "It needs no later glibc than this machine has, nor than Debian 12 has.",
      ImageReading.glibc),
    .reading(
      "exports", "It exports the entry point of this ABI and nothing else.", ImageReading.exports),
    .reading(
      "static_tls", "Its thread-local variables need no room that only programs are sure of.",
      ImageReading.staticTLS),
    .reading(
      "text_relocations", "Loading it writes nothing into its code.",
      ImageReading.textRelocations),
    .reading(
      "search_paths", "No folder is written into it from which code would be loaded.",
      ImageReading.searchPaths),
    .reading(
      "build_id", "It carries a build id, which tells its builds apart in reports.",
      ImageReading.buildID),
    .reading(
      "runtimes", "It brings no language's runtime that takes its process over.",
      ImageReading.runtimes),
    .reading(
      "no_exit", "It cannot end its process: it calls no exit.", ImageReading.exits),
  ]
}
