// swift-tools-version: 6.2
// Layers bottom first; a target may depend on those above it in this file only.
import Foundation
import PackageDescription

/// One list for every Swift target: language mode 6, warnings are errors.
let swift: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// Whether pkg-config knows a library: the transport and the listener are built only where their
/// system library is installed, so that everything else needs libsqlite3-dev and nothing more.
func has(_ library: String) -> Bool {
  let check = Process()
  check.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  check.arguments = ["pkg-config", "--exists", library]
  do { try check.run() } catch { return false }
  check.waitUntilExit()
  return check.terminationStatus == 0
}

let hasCurl = has("libcurl") && Context.environment["JACKFIELD_SMALL"] == nil
let hasMicrohttpd = has("libmicrohttpd") && Context.environment["JACKFIELD_SMALL"] == nil

/// Everything but the entry point is hidden, and a plugin prefers its own symbols to the host's.
let pluginLinking: [LinkerSetting] = [
  .unsafeFlags([
    "-Xlinker", "--version-script=\(Context.packageDirectory)/sdk/c/plugin.map",
    "-Xlinker", "-Bsymbolic",
  ])
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: swift)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: swift)
}

/// A bundled action plugin: `Plugins/<folder>`, a Swift target and a shared object of its own.
func plugin(_ folder: String, _ target: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: target, dependencies: ["JackfieldPlugin"] + dependencies, path: "Plugins/\(folder)",
    exclude: ["plugin.json", "README.md", "examples"] + checkFile(folder), sources: ["Sources"], swiftSettings: swift,
    linkerSettings: pluginLinking)
}

/// What the project of a plugin's examples has, where they need something.
func checkFile(_ folder: String) -> [String] {
  let path = "Plugins/\(folder)/check.json"
  let exists = FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(path)")
  return exists ? ["check.json"] : []
}

/// A transport or listener: a plugin that brings a system library and needs no SDK.
func systemPlugin(
  _ folder: String, _ target: String, _ dependencies: [Target.Dependency]
) -> Target {
  .target(
    name: target, dependencies: dependencies, path: "Plugins/\(folder)/Sources",
    swiftSettings: swift, linkerSettings: pluginLinking)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + [.target(name: "TestKit")],
    path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: swift)
}

var targets: [Target] = [
  // The ABI, and the C that Swift cannot write.
  .target(
    name: "CJackfield", path: "sdk/c", exclude: ["plugin.map"], sources: ["layout.c"],
    publicHeadersPath: "include"),
  .systemLibrary(
    name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
    providers: [.apt(["libsqlite3-dev"])]),
  .target(name: "CSystem", path: "Sources/CSystem", publicHeadersPath: "include"),
  .target(
    name: "CSimulatedDisk", dependencies: ["CSQLite"], path: "Sources/CSimulatedDisk",
    publicHeadersPath: "include"),

  // Values and documents.
  module("Values", []),
  module("Pattern", []),
  module("Schema", ["Values", "Pattern"]),
  module("Calendar", []),
  module("Crypto", ["CSystem"]),
  module("Pipeline", ["Values", "Pattern", "Schema", "Calendar"]),
  module("Engine", ["Values", "Calendar", "Pipeline"]),
  module("Store", ["Values", "Schema", "Calendar", "Pipeline", "CSQLite", "CSystem"]),

  // Plugins: loading, the frames, the worker's side and the host's.
  module("WorkerProtocol", ["Values", "CSystem"]),
  module("PluginRuntime", ["Values", "CJackfield", "CSystem"]),
  module("PluginHost", ["Values", "Pipeline", "WorkerProtocol", "PluginRuntime", "CSystem"]),
  module(
    "PluginCheck",
    [
      "Values", "Schema", "Pipeline", "WorkerProtocol", "PluginRuntime", "PluginHost",
      "CJackfield", "CSystem",
    ]),

  // The host.
  module(
    "HostServices",
    [
      "Values", "Schema", "Calendar", "Pipeline", "Store", "PluginHost", "WorkerProtocol", "Crypto",
      "CSystem",
    ]),
  module("Ingress", ["Values", "Pipeline", "Store", "Crypto"]),
  module(
    "Scheduler",
    [
      "Values", "Calendar", "Pipeline", "Engine", "Store", "PluginHost", "HostServices", "CSystem",
    ]),
  module(
    "Jackfield",
    [
      "Values", "Schema", "Calendar", "Pipeline", "Engine", "Store", "Crypto", "WorkerProtocol",
      "PluginHost", "HostServices", "Ingress", "Scheduler", "CSystem",
    ]),

  // Real kills of a real host.
  module("Storm", ["Jackfield", "Values", "Pipeline", "Store", "CSystem"]),

  // The proof: a disk that forgets, and the simulation of everything durable on it.
  module(
    "Torture",
    [
      "Values", "Schema", "Calendar", "Pipeline", "Engine", "Store", "HostServices", "Scheduler",
      "CSimulatedDisk",
    ]),

  // The programs.
  program(
    "JackfieldCLI",
    [
      "Jackfield", "Storm", "Torture", "Values", "Calendar", "Schema", "Pipeline", "Store",
      "PluginHost", "PluginCheck", "HostServices", "CSystem",
    ]),
  program(
    "JackfieldWorker",
    ["Values", "WorkerProtocol", "PluginRuntime", "CJackfield", "CSystem"]),
  program("JackfieldProbe", ["PluginCheck"]),

  // The bench: its bare references in C, a plugin that only echoes, and the program.
  .target(
    name: "BenchReference", dependencies: ["CSQLite"], path: "Sources/BenchReference",
    publicHeadersPath: "include",
    cSettings: hasMicrohttpd ? [.define("BENCH_HAS_MICROHTTPD")] : [],
    linkerSettings: hasMicrohttpd ? [.linkedLibrary("microhttpd")] : []),
  .target(
    name: "BenchEcho", dependencies: ["CJackfield"], path: "Sources/BenchEcho",
    publicHeadersPath: "include", cSettings: [.unsafeFlags(["-fvisibility=hidden"])]),
  program(
    "JackfieldBench",
    [
      "Jackfield", "Values", "Calendar", "Crypto", "Pipeline", "Engine", "Store", "PluginRuntime",
      "PluginHost", "Scheduler", "BenchReference",
    ]),

  // The SDK and the bundled plugins.
  .target(
    name: "JackfieldPlugin", dependencies: ["CJackfield", "Values"],
    path: "sdk/swift/Sources/JackfieldPlugin", swiftSettings: swift),
  .target(
    name: "JackfieldBase", dependencies: ["JackfieldPlugin"],
    path: "sdk/swift/Sources/JackfieldBase", swiftSettings: swift),
  plugin("http", "HTTPPlugin", ["JackfieldBase"]),
  plugin("email", "EmailPlugin", ["JackfieldBase"]),
  .target(
    name: "WhatsAppMedia", dependencies: ["JackfieldPlugin", "JackfieldBase"],
    path: "Plugins/whatsapp_shared/Media", swiftSettings: swift),
  .target(
    name: "WhatsAppGateway", dependencies: ["JackfieldPlugin", "JackfieldBase", "WhatsAppMedia"],
    path: "Plugins/whatsapp_shared/Gateway", swiftSettings: swift),
  plugin("whatsapp", "WhatsAppPlugin", ["JackfieldBase", "WhatsAppMedia", "WhatsAppGateway"]),
  plugin(
    "whatsapp_group", "WhatsAppGroupPlugin", ["JackfieldBase", "WhatsAppMedia", "WhatsAppGateway"]),
  plugin("chatgpt", "ChatGPTPlugin", ["JackfieldBase"]),
  plugin("data_storage", "DataStoragePlugin", ["JackfieldBase"]),
  plugin("crm", "CRMPlugin", ["JackfieldBase"]),
  plugin("control", "ControlPlugin"),

  // The tests: one target a module; SystemTests drive the built programs.
  .target(
    name: "TestKit", dependencies: ["Values", "CSystem"], path: "Tests/TestKit",
    swiftSettings: swift),
  .target(
    name: "Fuzz",
    dependencies: [
      "Values", "Pattern", "Schema", "Calendar", "Crypto", "Pipeline", "WorkerProtocol", "PluginHost",
      "Store", "HostServices", "Ingress", "TestKit",
    ], path: "Tests/Fuzz", exclude: ["corpus", "fuzz.py"], swiftSettings: swift),
  program("JackfieldFuzz", ["Fuzz", "TestKit"]),
  tests("Fuzz", ["Fuzz"]),
  tests("Values", ["Values"]),
  tests("Pattern", ["Pattern"]),
  tests("Schema", ["Schema", "Values"]),
  tests("Crypto", ["Crypto"]),
  tests("Calendar", ["Calendar"], exclude: ["Reference"]),
  tests("Pipeline", ["Pipeline", "Crypto", "Calendar", "Schema", "Values"], exclude: ["Golden"]),
  tests("Engine", ["Engine", "Pipeline", "Calendar", "Schema", "Values"]),
  tests("Store", ["Store", "Pipeline", "Values", "CSQLite"]),
  tests("Torture", ["Torture", "Store", "Pipeline", "Values"]),
  tests("WorkerProtocol", ["WorkerProtocol", "Values", "CSystem"]),
  tests(
    "PluginRuntime", ["PluginRuntime", "WorkerProtocol", "Values", "CJackfield", "CSystem"]),
  tests("PluginHost", ["PluginHost", "Pipeline", "WorkerProtocol", "Values", "CSystem"]),
  tests(
    "PluginCheck", ["PluginCheck", "PluginHost", "Pipeline", "Schema", "Values"],
    exclude: ["Golden"]),
  tests(
    "HostServices",
    [
      "HostServices", "Calendar", "Crypto", "Pipeline", "PluginHost", "Store", "Values",
      "WorkerProtocol",
    ]),
  tests("Ingress", ["Ingress", "Store", "Pipeline", "Crypto", "Values"]),
  tests(
    "Plugins",
    [
      "Values", "Schema", "Pipeline", "PluginRuntime", "PluginCheck", "CJackfield",
      "JackfieldPlugin", "JackfieldBase",
    ]),
  tests("Jackfield", ["Jackfield", "Calendar"]),
  tests("System", ["Values", "CSystem", "CJackfield"]),
  tests("Style", ["Values"]),
]

var products: [Product] = [
  .executable(name: "jackfield", targets: ["JackfieldCLI"]),
  .executable(name: "jackfield-worker", targets: ["JackfieldWorker"]),
  .executable(name: "jackfield-probe", targets: ["JackfieldProbe"]),
  .executable(name: "jackfield-bench", targets: ["JackfieldBench"]),
  .executable(name: "jackfield-fuzz", targets: ["JackfieldFuzz"]),
  .library(name: "bench_echo", type: .dynamic, targets: ["BenchEcho"]),
  .library(name: "JackfieldPlugin", targets: ["JackfieldPlugin"]),
  .library(name: "Jackfield", targets: ["Jackfield"]),
  .library(name: "http", type: .dynamic, targets: ["HTTPPlugin"]),
  .library(name: "email", type: .dynamic, targets: ["EmailPlugin"]),
  .library(name: "whatsapp", type: .dynamic, targets: ["WhatsAppPlugin"]),
  .library(name: "whatsapp_group", type: .dynamic, targets: ["WhatsAppGroupPlugin"]),
  .library(name: "chatgpt", type: .dynamic, targets: ["ChatGPTPlugin"]),
  .library(name: "data_storage", type: .dynamic, targets: ["DataStoragePlugin"]),
  .library(name: "crm", type: .dynamic, targets: ["CRMPlugin"]),
  .library(name: "control", type: .dynamic, targets: ["ControlPlugin"]),
]

// The plugins that bring a system library, and the tests that run them.
if hasCurl || hasMicrohttpd {
  targets.append(
    .target(
      name: "ExchangeValues", dependencies: ["CJackfield"],
      path: "Plugins/transport_shared/Exchange", swiftSettings: swift))
}
if hasCurl {
  let shared = "Plugins/transport_shared"
  targets += [
    .systemLibrary(
      name: "CLibcurl", path: "\(shared)/CLibcurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CCurlCalls", dependencies: ["CLibcurl"], path: "\(shared)/CCurlCalls"),
    .target(
      name: "CurlTransport", dependencies: ["ExchangeValues", "CCurlCalls", "CJackfield"],
      path: "\(shared)/Curl", swiftSettings: swift),
    systemPlugin(
      "transport_http", "HTTPTransport",
      ["ExchangeValues", "CurlTransport", "CCurlCalls", "CJackfield"]),
    .target(
      name: "MailMessage", dependencies: ["ExchangeValues"], path: "Plugins/transport_mail/Message",
      swiftSettings: swift),
    systemPlugin(
      "transport_mail", "MailTransport",
      ["ExchangeValues", "CurlTransport", "CCurlCalls", "CJackfield", "MailMessage"]),
  ]
  products.append(.library(name: "transport_mail", type: .dynamic, targets: ["MailTransport"]))
  products.append(.library(name: "transport_http", type: .dynamic, targets: ["HTTPTransport"]))
}
if hasMicrohttpd {
  targets += [
    .systemLibrary(
      name: "CLibmicrohttpd", path: "Plugins/listener/CLibmicrohttpd", pkgConfig: "libmicrohttpd",
      providers: [.apt(["libmicrohttpd-dev"])]),
    .target(
      name: "CMicrohttpdCalls", dependencies: ["CLibmicrohttpd"],
      path: "Plugins/listener/CMicrohttpdCalls"),
    systemPlugin(
      "listener", "HTTPListener", ["ExchangeValues", "CMicrohttpdCalls", "CJackfield"]),
  ]
  products.append(.library(name: "listener", type: .dynamic, targets: ["HTTPListener"]))
}

if hasCurl && hasMicrohttpd {
  targets.append(
    tests(
      "Transport",
      [
        "Values", "PluginRuntime", "CJackfield", "ExchangeValues", "CurlTransport", "MailMessage",
      ]))
}

// A build for a sanitizer has only the tests that are run under it, and what these need.
if let only = Context.environment["JACKFIELD_TESTS"]?.split(separator: " ").map(String.init) {
  targets.removeAll { $0.type == .test && !only.contains($0.name) }
}

let package = Package(name: "jackfield", products: products, targets: targets)
