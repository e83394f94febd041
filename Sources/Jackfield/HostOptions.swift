// SPDX-License-Identifier: Apache-2.0
// How a host is opened.
import PluginHost

/// What an embedder or the program decides about a host.
public struct HostOptions: Sendable {
  /// How much of the host runs.
  public enum Extent: Sendable {
    /// Store and catalogue: documents can be read and changed, nothing runs.
    case documents
    /// Workers and the scheduler too.
    case everything
  }

  /// The data folder; made when it is not there.
  public var dataFolder: String
  public var extent: Extent
  /// Whether runs that are unfinished on disk go on; off for a host that is opened for one run.
  public var resumesRuns = true
  /// A plugin-set file that takes the place of the bundled plugins.
  public var pluginSetFile: String?
  /// Workers alive at once.
  public var maxWorkers: Int
  /// The users that workers become, one each, where the host is root; nil: they stay root, without
  /// its powers. No account of the machine may be among them.
  public var workerUIDs: ClosedRange<UInt32>? = SandboxPolicy.defaultUsers
  /// Whether the host refuses to start where it cannot confine workers wholly.
  public var requiresSandbox = false
  /// Whether a host starts although it has not the key of all its credentials; who needs one of
  /// those then fails.
  public var goesWithoutSecrets = false
  /// Measures to leave out, for tests that show what each prevents.
  package var sandboxOff: Set<SandboxMeasure> = []
  /// Where `jackfield-worker` lies; nil: beside this program.
  public var workerPath: String?
  /// Whether plugins may do what they were not granted, which is written down: for their authors,
  /// never for what others send in.
  public var isPermissive = false
  /// One line at a time: what happened that an operator should be able to read later.
  public var log: @Sendable (String) -> Void

  public init(
    dataFolder: String, extent: Extent = .everything, pluginSetFile: String? = nil,
    maxWorkers: Int = 64, workerPath: String? = nil,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.dataFolder = dataFolder
    self.extent = extent
    self.pluginSetFile = pluginSetFile
    self.maxWorkers = maxWorkers
    self.workerPath = workerPath
    self.log = log
  }

  /// The measures that confine workers.
  package var sandbox: SandboxPolicy { SandboxPolicy(users: workerUIDs, off: sandboxOff) }
}
