// SPDX-License-Identifier: Apache-2.0
// The entry point of `whatsapp`.
import JackfieldPlugin

@c(jf_plugin_entry_v0)
public func entry(_ minor: UInt32) -> PluginTable? {
  Plugin.export(SendMessage.self, ReceiveMessages.self, Broadcast.self)
}
