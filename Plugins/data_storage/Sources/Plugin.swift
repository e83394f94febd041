// SPDX-License-Identifier: Apache-2.0
// The entry point of `data_storage`.
import JackfieldPlugin

@c(jf_plugin_entry_v0)
public func entry(_ minor: UInt32) -> PluginTable? {
  Plugin.export(CreateRow.self, FindRows.self)
}
