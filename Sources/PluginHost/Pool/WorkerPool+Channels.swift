// SPDX-License-Identifier: Apache-2.0
//
// Transports and listeners: workers that are not for calls and take no place of theirs.

import Pipeline

extension WorkerPool {
  /// The transport of a project; its worker starts at the first exchange.
  package func transport(
    project: ProjectID, plugin: InstalledPlugin, settings: [UInt8] = Array("{}".utf8)
  ) -> TransportChannel {
    context.loop.assertCurrent()
    let key = TransportKey(project: project, plugin: plugin.id, hash: plugin.hash)
    if let channel = transports[key] { return channel }
    let channel = TransportChannel(pool: self, key: key, plugin: plugin, settings: settings)
    transports[key] = channel
    return channel
  }

  /// A listener on a listening socket; it does not run before its `start`.
  ///
  /// **Ownership** the descriptor becomes the channel's; it stays open for as long as the channel.
  package func listener(
    project: ProjectID, plugin: InstalledPlugin, listening: Int32,
    settings: [UInt8] = Array("{}".utf8), listenerSettings: [UInt8] = Array("{}".utf8)
  ) -> ListenerChannel {
    context.loop.assertCurrent()
    let channel = ListenerChannel(
      pool: self, project: project, plugin: plugin, listening: OwnedDescriptor(listening),
      settings: settings, listenerSettings: listenerSettings)
    listeners.append(channel)
    return channel
  }

  func startChannelWorker(
    project: ProjectID, plugin: InstalledPlugin, settings: [UInt8], listening: OwnedDescriptor?,
    listenerSettings: [UInt8]?, owner: WorkerOwner
  ) throws(LoadFailure) -> WorkerProcess {
    guard plugin.usable else {
      throw LoadFailure(
        code: "plugin_unusable",
        message: plugin.problems.first { $0.severity == .error }?.message
          ?? "plugin \(plugin.id) cannot be used")
    }
    let hello = HelloText(
      plugin: plugin.id, project: project, settings: settings, interface: plugin.interface,
      actions: [], services: [], maxCalls: 1, listenerSettings: listenerSettings)
    let order = WorkerOrder(
      project: project, plugin: plugin, hello: try hello.object(), maxCalls: 1,
      profile: listening == nil ? .transport : .listener, allowance: .channels,
      listening: listening)
    let worker = WorkerProcess(context: context, order: order, owner: owner)
    do throws(PluginHostError) { try worker.start() } catch {
      throw LoadFailure(code: error.code, message: error.message)
    }
    return worker
  }
}
