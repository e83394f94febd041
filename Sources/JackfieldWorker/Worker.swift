// SPDX-License-Identifier: Apache-2.0
// From a fresh process to a loaded plugin.
import CJackfield
import CSystem
import Glibc
import PluginRuntime
import Values
import WorkerProtocol

/// The life of this process: bind to the host, read the hello, load, say so, serve.
enum Worker {
  static func run() -> Never {
    guard sys_worker_begin(InheritedDescriptor.socket, InheritedDescriptor.listening) == 0 else {
      ExitCode.end(
        ExitCode.notStartedByHost, saying: "this program is started by jackfield, not by hand")
    }
    let link = HostLink()
    guard let first = link.next(ReceiveBuffer()) else { ExitCode.end(ExitCode.stopped) }
    guard case .hello(let message) = first else { link.unexpected("a first message but hello") }
    do throws(LoadError) {
      try serve(hello(message, link), link)
    } catch {
      let json = document([("code", error.code.rawValue), ("message", error.message)])
      link.send(LoadFailedMessage(json: json))
      ExitCode.end(ExitCode.loadFailed)
    }
  }

  private static func hello(_ message: HelloMessage, _ link: HostLink) -> Hello {
    do {
      return try Hello(message.json)
    } catch {
      link.violated(ProtocolViolation(code: "hello_malformed", reason: "\(error)"))
    }
  }

  /// Loads the plugin and serves until the end.
  private static func serve(_ hello: Hello, _ link: HostLink) throws(LoadError) -> Never {
    let name = "plugin \"\(hello.plugin)\""
    let loading = try hello.confinement.enter()
    let image = try PluginImage.load(descriptor: InheritedDescriptor.image, file: name)
    try loading.finish(name)
    let page = enteredPage(link)
    watchForCrashes(image, page)
    let backend = SocketBackend(link: link)
    let host = RuntimeHost(services: hello.services, backend: backend)
    let instance = try RuntimeInstance(opening: image, settings: hello.settings, host: host)
    let server = try server(hello, instance, link, backend, page)
    let ready = "{\"abi\":\"\(ABIVersion.host)\",\"pid\":\(getpid())}"
    link.send(ReadyMessage(json: Array(ready.utf8)[...]))
    withExtendedLifetime(hello) { server.serve() }
  }

  private static func server(
    _ hello: Hello, _ instance: RuntimeInstance, _ link: HostLink, _ backend: SocketBackend,
    _ page: EnteredPage
  ) throws(LoadError) -> any WorkerServer {
    switch hello.interface {
    case JF_ACTION_INTERFACE:
      return ActionServer(
        actions: try instance.actions(hello.actions), maxCalls: hello.maxCalls,
        page: page, link: link, backend: backend)
    case JF_LISTENER_HTTP_INTERFACE:
      return try ListenerServer(
        instance: instance, interface: hello.interface, settings: hello.listenerSettings,
        link: link)
    default:
      return try TransportServer(instance: instance, interface: hello.interface, link: link)
    }
  }

  /// Without it a crash is a crash all the same, only nobody learns where.
  private static func watchForCrashes(_ image: PluginImage, _ page: EnteredPage) {
    // Safe because: a C function's pointer is an address of the image's code, and only compared.
    let code = unsafeBitCast(image.plugin.pointee.open, to: UnsafeRawPointer.self)
    _ = sys_crash_watch(page.crashRecord, code)
  }

  private static func enteredPage(_ link: HostLink) -> EnteredPage {
    do {
      return try EnteredPage(mapping: InheritedDescriptor.entered)
    } catch {
      link.violated(error)
    }
  }

  private static func document(_ members: [(String, String)]) -> ArraySlice<UInt8> {
    let builder = JSONBuilder()
    builder.objectBegin()
    for (name, text) in members {
      builder.key(name)
      builder.text(text)
    }
    builder.end()
    return ((try? builder.finish()) ?? Array("{}".utf8))[...]
  }
}
