// SPDX-License-Identifier: Apache-2.0
// The checks that load and open a plugin of any kind.

extension PluginCheck {
  static let loading: [PluginCheck] = [
    .probing(
      "load", "Loading it is quiet: no thread, descriptor, signal handler or output is left.",
      needs: .load, LoadCheck.check),
    .probing(
      "entry_versions", "The entry point answers hosts of earlier and later minor versions.",
      needs: .load, EntryCheck.check),
    .probing(
      "host_table", "It reads no member that the size of the host's table does not cover.",
      needs: .load, HostTableCheck.check),
    .probing(
      "open", "It opens and offers the interface of its manifest, whole.", needs: .load,
      OpenCheck.open),
    .probing(
      "actions", "Every action of the manifest is found in the image, and no other is.",
      needs: .open, OpenCheck.actions),
    .probing(
      "reopen", "Opening and closing it a thousand times leaves nothing behind.", needs: .open,
      ReopenCheck.check),
    .probing(
      "process_state",
      "It leaves signals, folder, locale, environment and descriptors of its process as they are.",
      needs: .open, ProcessStateCheck.check),
  ]
}
