// SPDX-License-Identifier: Apache-2.0
// Looks over a data folder and what a host on it needs, and changes nothing.
import Crypto
import Glibc
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// One thing that was looked at.
public struct DoctorFinding: Sendable {
  /// Stable: `folder`, `key`, `sodium`, `database`, `credentials`, `worker`, `sandbox`, `plugin`,
  /// `isolation`, `tzdata`, `disk`.
  public let check: String
  public let isOK: Bool
  /// What was found; where it is not well, what to do.
  public let message: String
  /// Whether nobody should overlook it, though it is as somebody wanted it.
  public var isAlarming = false

  /// **Shape** `{check, ok, message}`.
  public var value: JSONValue {
    ["check": .text(check), "ok": .boolean(isOK), "message": .text(message)]
  }
}

/// The examination of a data folder, with a host on it or without.
public struct Doctor {
  private let folder: String
  private let host: Host?
  private var findings: [DoctorFinding] = []

  private init(_ folder: String, _ host: Host?) {
    self.folder = folder
    self.host = host
  }

  /// Looks at everything, in the order in which one thing needs the other.
  ///
  /// - Parameter host: the one that runs on the folder, in this process.
  public static func examine(_ folder: String, host: Host? = nil) -> [DoctorFinding] {
    var doctor = Doctor(folder, host)
    doctor.lookAtFolder()
    let sodium = doctor.lookAtSodium()
    let key = doctor.lookAtKey(sodium)
    doctor.lookAtDatabase(key, sodium)
    doctor.lookAtWorker()
    doctor.lookAtSandbox()
    doctor.lookAtPlugins(sodium)
    doctor.lookAtIsolation()
    doctor.lookAtZones()
    doctor.lookAtDisk()
    return doctor.findings
  }

  private mutating func well(_ check: String, _ message: String) {
    findings.append(DoctorFinding(check: check, isOK: true, message: message))
  }

  private mutating func problem(_ check: String, _ message: String) {
    findings.append(DoctorFinding(check: check, isOK: false, message: message))
  }

  // MARK: the folder

  private mutating func lookAtFolder() {
    var status = stat()
    guard stat(folder, &status) == 0 else {
      return problem(
        "folder", "there is no \(folder): name the data folder with --data, or make it by using it")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return problem("folder", "\(folder) is no folder: name another --data")
    }
    guard status.st_uid == geteuid(), access(folder, W_OK | X_OK) == 0 else {
      return problem(
        "folder", "\(folder) is not this user's: run as its owner, or chown -R it to this user")
    }
    guard status.st_mode & 0o022 == 0 else {
      return problem("folder", "others may write to \(folder): chmod 700 \(folder)")
    }
    for name in ["main.db", "main.db-wal", "control.sock"] {
      guard stat(folder + "/" + name, &status) == 0, status.st_mode & 0o077 != 0 else { continue }
      return problem("folder", "others may use \(folder)/\(name): chmod 600 \(folder)/\(name)")
    }
    well("folder", folder)
  }

  private mutating func lookAtDisk() {
    guard let disk = DiskSpace(of: folder) else { return }
    let least = StatusLimits().freeBytes
    guard disk.free >= least else {
      return problem(
        "disk",
        "\(DiskSpace.text(disk.free)) are free: free some space, at least \(DiskSpace.text(least))")
    }
    well("disk", "\(DiskSpace.text(disk.free)) are free")
  }

  // MARK: secrets

  private mutating func lookAtSodium() -> Sodium? {
    do throws(CryptoError) {
      let sodium = try Sodium.load()
      well("sodium", "libsodium is there")
      return sodium
    } catch {
      problem("sodium", error.message)
      return nil
    }
  }

  /// The key, which is not made here.
  private mutating func lookAtKey(_ sodium: Sodium?) -> SecretKeyFile? {
    guard let sodium else { return nil }
    do throws(CryptoError) {
      guard let key = try SecretKeyFile.read(folder: folder, sodium: sodium) else {
        well("key", "no key yet: it is made at the first use")
        return nil
      }
      well("key", "key \(key.keyID)")
      return key
    } catch {
      problem("key", error.message)
      return nil
    }
  }

  // MARK: the database

  private mutating func lookAtDatabase(_ key: SecretKeyFile?, _ sodium: Sodium?) {
    do throws(StoreError) {
      let rows = try Store.look(into: folder) { read throws(StoreError) in
        var rows: [CredentialRow] = []
        for project in try read.projectList() { rows += try read.credentialList(project) }
        return rows
      }
      guard let rows else { return well("database", "none yet: it is made at the first use") }
      let faults = host == nil ? try Archive.check(folder) : try host?.archive.faults() ?? []
      if faults.isEmpty {
        well("database", "layout version \(Store.layoutVersion), every page is sound")
      } else {
        problem(
          "database",
          faults.prefix(3).joined(separator: "; ") + ": stop the host and restore a backup")
      }
      if let sodium { try lookAtBlobs(sodium) }
      lookAtCredentials(rows, key, sodium)
    } catch {
      problem("database", error.message)
    }
  }

  private mutating func lookAtBlobs(_ sodium: Sodium) throws(StoreError) {
    let looked: (checked: Int, faults: [String])
    if let host {
      looked = try host.blobs.faults()
    } else {
      looked = try BlobStore.faults(of: folder, digest: BlobDigest.maker(sodium))
    }
    guard looked.faults.isEmpty else {
      return problem(
        "blobs", looked.faults.prefix(3).joined(separator: "; ") + ": restore them from a backup")
    }
    if looked.checked > 0 { well("blobs", "\(looked.checked) are there, unchanged") }
  }

  private mutating func lookAtCredentials(
    _ rows: [CredentialRow], _ key: SecretKeyFile?, _ sodium: Sodium?
  ) {
    guard !rows.isEmpty, let sodium else { return }
    guard let key else {
      return problem(
        "credentials",
        "\(rows.count) credentials cannot be opened without the key: restore \(folder)/secret.key, "
          + "or set them again")
    }
    let vault = CredentialVault(reading: key, sodium)
    var isWell = true
    for row in rows {
      do throws(ActionFailure) {
        _ = try vault.open(row)
      } catch {
        isWell = false
        problem("credentials", "project \(row.project): \(error.message)")
      }
    }
    if isWell { well("credentials", "\(rows.count) open with the key") }
  }

  // MARK: what is installed

  private mutating func lookAtWorker() {
    let path = host?.options.workerPath ?? PluginSet.workerProgram
    guard access(path, X_OK) == 0 else {
      return problem(
        "worker", "there is no program \(path): install jackfield whole, or build it again")
    }
    well("worker", path)
  }

  private mutating func lookAtSandbox() {
    let policy = host?.options.sandbox ?? SandboxPolicy()
    guard let gap = policy.gap else { return well("sandbox", policy.summary) }
    problem("sandbox", "\(policy.summary): \(gap)")
  }

  private mutating func lookAtPlugins(_ sodium: Sodium?) {
    let catalogue: PluginCatalogue
    if let host {
      catalogue = host.catalogue
    } else {
      guard let sodium else { return }
      do throws(HostError) {
        catalogue = try Host.catalogue(HostOptions(dataFolder: folder), sodium)
      } catch {
        return problem("plugin", error.message)
      }
    }
    var usable = 0
    for plugin in catalogue.plugins {
      if let found = plugin.problems.first(where: { $0.severity == .error }) {
        problem("plugin", "\(plugin.id): \(found.message)")
      } else {
        usable += 1
      }
    }
    for broken in catalogue.broken {
      problem("plugin", broken.problems.first?.message ?? "\(broken.folder) cannot be read")
    }
    if usable == 0 {
      problem("plugin", "there is none to use: build the bundled ones, or name a set with --plugins")
    } else {
      well("plugin", "\(usable) can be loaded")
    }
  }

  /// Plugins that run inside of the host: as somebody wanted it, and nothing to overlook.
  private mutating func lookAtIsolation() {
    let documents = try? Store.look(into: folder) { read throws(StoreError) in
      var documents: [String] = []
      for project in try read.projectList() {
        if let document = try read.projectGet(project) { documents.append(document) }
      }
      return documents
    }
    for text in (documents ?? nil) ?? [] {
      guard let source = try? JSONDocument(source: Array(text.utf8)),
        let document = ProjectDocument.parse(source).project
      else { continue }
      for plugin in document.plugins where plugin.isolation == .none && plugin.isEnabled {
        let inside = PluginInside(project: document.name, plugin: plugin.id)
        findings.append(
          DoctorFinding(check: "isolation", isOK: true, message: inside.text, isAlarming: true))
      }
    }
  }

  private mutating func lookAtZones() {
    guard ZoneFiles().zone("Europe/Berlin") != nil else {
      return problem(
        "tzdata", "there are no time zones in \(ZoneFiles.systemFolder): install the package tzdata")
    }
    well("tzdata", "time zones are there")
  }
}
