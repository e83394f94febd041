// SPDX-License-Identifier: Apache-2.0
// The image in which a call runs again.

import Glibc
import Pipeline
import PluginHost

/// A plugin's image, read: that of a folder, or a file alone.
package struct ReplaySubject: Sendable {
  package let image: LoadedImage
  package let path: String
  /// nil for a file without a manifest.
  package let version: String?

  /// What a person named: a plugin's folder, or a shared object.
  ///
  /// **Throws** `other_plugin`, `unknown_action`, and what is wrong with the files.
  package init(path: String, for transcript: CallTranscript) throws(PluginHostError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw PluginHostError(
        code: "plugin_missing",
        message: "\(path) is not there: name the folder of plugin \(transcript.plugin.id), or its "
          + "shared object")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      self.path = path
      version = nil
      image = try LoadedImage.load(image: path, manifest: []) { _ in "" }
      return
    }
    let (plugin, problems) = PluginCatalogue.read(folder: path, hash: { _ in "" })
    guard let plugin else {
      throw PluginHostError(
        code: "plugin_unusable",
        message: problems.first?.message ?? "\(path) is no plugin's folder")
    }
    try Self.check(plugin, for: transcript)
    self.path = plugin.imagePath ?? path
    version = plugin.manifest.version
    image = try plugin.image()
  }

  /// The build of the transcript where it is installed, else the plugin of this name that came with
  /// the host.
  ///
  /// **Throws** `plugin_missing`, and the same as above.
  package init(
    for transcript: CallTranscript, dataFolder: String, bundled: String?
  ) throws(PluginHostError) {
    let (id, hash) = (transcript.plugin.id, transcript.plugin.hash)
    // Both come from a file that anybody may have written, and become a path.
    let isName = DocumentName.isPluginID(id.rawValue)
      && !hash.isEmpty && hash.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    let places = ["\(dataFolder)/plugins/\(id)/\(hash)"] + (bundled.map { ["\($0)/\(id)"] } ?? [])
    guard isName, let place = places.first(where: { access($0 + "/plugin.json", R_OK) == 0 }) else {
      throw PluginHostError(
        code: "plugin_missing",
        message: "plugin \(id) \(transcript.plugin.version) is neither installed in \(dataFolder) nor "
          + "came with this host: name its folder or its shared object with --plugin")
    }
    try self.init(path: place, for: transcript)
  }

  private static func check(
    _ plugin: InstalledPlugin, for transcript: CallTranscript
  ) throws(PluginHostError) {
    guard plugin.id == transcript.plugin.id else {
      throw PluginHostError(
        code: "other_plugin",
        message: "the record is of a call of plugin \(transcript.plugin.id), \(plugin.folder) has "
          + "plugin \(plugin.id): name the folder of \(transcript.plugin.id)")
    }
    if let problem = plugin.problems.first(where: { $0.severity == .error }) {
      throw PluginHostError(code: problem.code, message: problem.message)
    }
    guard plugin.actions.contains(transcript.action) else {
      throw PluginHostError(
        code: "unknown_action",
        message: "the record is of a call of \(transcript.action), which \(plugin.id) "
          + "\(plugin.manifest.version) in \(plugin.folder) does not have"
          + Suggestion.text(
            for: transcript.action.rawValue, among: plugin.actions.map(\.rawValue)))
    }
  }

  /// What a person should know before they believe a verdict: it is not the build that was called.
  package func note(on transcript: CallTranscript) -> String? {
    let recorded = transcript.plugin
    if let version, version != recorded.version {
      return "the record is of version \(recorded.version), this is \(version)"
    }
    guard image.buildID != recorded.buildID else { return nil }
    return "the record is of build \(recorded.buildID ?? "unknown"), this is "
      + "\(image.buildID ?? "one without a build id")"
  }
}
