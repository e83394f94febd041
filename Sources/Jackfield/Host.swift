// SPDX-License-Identifier: Apache-2.0
// The host: one data folder, its plugins, and all that runs on them.
import Calendar
import Crypto
import Glibc
import HostServices
import Pipeline
import PluginHost
import Scheduler
import Store
import Synchronization
import Values

/// A plugin host on one data folder. Only one host at a time owns a folder.
///
/// **Isolation**: any thread; methods block until the disk has what they say.
public final class Host: Sendable {
  package let options: HostOptions
  package let store: Store
  /// Where the journals of ended runs go, and what copies the store.
  package let archive: Archive
  /// The files of blobs.
  let blobs: BlobStore
  private let plugins: Mutex<PluginCatalogue>
  package let vault: CredentialVault
  package let sodium: Sodium
  package let library = ConnectorLibrary()
  /// The machine's time zones.
  package let zones = ZoneFiles().source
  private let lock: DataFolderLock
  /// One change of projects at a time: reading, writing and handing the result to the running
  /// parts belong together.
  private let changing = ChangeLock()
  /// The parts that run; nil for a host opened for documents only.
  package let runtime: HostRuntime?

  /// Opens a data folder, making it when it is not there.
  ///
  /// **Throws** `HostError`: the folder cannot be written, is owned by a running host (code
  /// `folder_locked`), holds another program's or a newer database, libsodium is missing, the
  /// credentials were sealed with another key than the folder's (`wrong_key`, `key_missing`), or
  /// the sandbox that is required is not whole (`sandbox_incomplete`).
  public init(_ options: HostOptions) throws(HostError) {
    self.options = options
    if options.requiresSandbox, let gap = options.sandbox.gap {
      throw HostError("sandbox_incomplete", "the sandbox is not whole: \(gap)")
    }
    do throws(StoreError) {
      try DataFolder.make(options.dataFolder)
      lock = try DataFolder.lock(options.dataFolder)
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
    do throws(CryptoError) {
      sodium = try Sodium.load()
      vault = CredentialVault(sodium: sodium)
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
    plugins = Mutex(try Host.catalogue(options, sodium))
    switch options.extent {
    case .documents:
      do throws(StoreError) {
        store = try Store.open(folder: options.dataFolder)
      } catch {
        throw HostError(error.code.rawValue, error.message)
      }
      try Host.unlock(vault, store, options)
      archive = Archive(store)
      blobs = BlobStore(store, folder: options.dataFolder, digest: BlobDigest.maker(sodium))
      runtime = nil
    case .everything:
      let runtime = try HostRuntime(
        options: options, vault: vault, sodium: sodium, library: library, zones: zones)
      store = runtime.store
      archive = runtime.keeping.archive
      blobs = runtime.blobs
      self.runtime = runtime
    }
    try ensureDefaultProject()
    if let runtime {
      for project in try projectNames() { try reconfigure(project) }
      runtime.start()
    }
  }

  /// Whether runs are worked on here; false for a host opened for documents only.
  public var isRunning: Bool { runtime != nil }

  /// Ends the host: calls under way may end within `grace`, then everything stops.
  ///
  /// - Parameter grace: seconds; what has not ended by then runs again at the next start.
  public func close(grace: Double = 10) {
    runtime?.stop(grace: grace)
    store.close()
  }

  // MARK: plugins

  /// The plugins there are now. Whoever works with one keeps it, whatever is installed meanwhile.
  package var catalogue: PluginCatalogue { plugins.withLock { $0 } }

  /// Takes up what was installed or removed; the projects are to be reconfigured after.
  func refreshCatalogue() throws(HostError) {
    let (before, installer) = (catalogue, installer)
    let fresh = try Host.hosting { () throws(PluginHostError) in
      try before.refreshing(installer)
    }
    plugins.withLock { $0 = fresh }
  }

  var installer: PluginInstaller { Host.installer(options.dataFolder, sodium) }

  private static func installer(_ folder: String, _ sodium: Sodium) -> PluginInstaller {
    PluginInstaller(dataFolder: folder) { bytes in Hex.encode(sodium.sha256(bytes)) }
  }

  static func catalogue(
    _ options: HostOptions, _ sodium: Sodium
  ) throws(HostError) -> PluginCatalogue {
    try hosting { () throws(PluginHostError) in
      var set = PluginSet()
      if let file = options.pluginSetFile { try set.read(file: file) }
      return try PluginCatalogue.scan(set, installed: installer(options.dataFolder, sodium)) {
        bytes in Hex.encode(sodium.sha256(bytes))
      }
    }
  }

  /// What the plugin host throws is the host's error.
  static func hosting<Value>(
    _ body: () throws(PluginHostError) -> Value
  ) throws(HostError) -> Value {
    do throws(PluginHostError) { return try body() } catch {
      throw HostError(error.code, error.message)
    }
  }

  // MARK: what every part of the API uses

  /// Runs a change of a project; others wait. May be nested.
  func change<Value>(_ body: () throws(HostError) -> Value) throws(HostError) -> Value {
    changing.lock()
    defer { changing.unlock() }
    return try body()
  }

  func writing<Value: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Value
  ) throws(HostError) -> Value {
    do throws(StoreError) {
      return try store.writeAndWait(body)
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
  }

  func reading<Value: Sendable>(
    _ body: @escaping @Sendable (ReadTransaction) throws(StoreError) -> Value
  ) throws(HostError) -> Value {
    do throws(StoreError) {
      return try store.readAndWait(body)
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
  }

  /// Milliseconds since 1970.
  package static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
