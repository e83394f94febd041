// SPDX-License-Identifier: Apache-2.0
// The entry point of `whatsapp_group`.
import JackfieldPlugin

@c(jf_plugin_entry_v0)
public func entry(_ minor: UInt32) -> PluginTable? {
  Plugin.export(SendToGroups.self, AddMembers.self, RemoveMembers.self, CreateGroup.self)
}
