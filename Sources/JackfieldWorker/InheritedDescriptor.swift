// SPDX-License-Identifier: Apache-2.0
// What a worker is started with.

/// The descriptors that a worker inherits, beside the three standard ones.
enum InheritedDescriptor {
  /// The socket to the host.
  static let socket: Int32 = 3
  /// The plugin's image, sealed or a file.
  static let image: Int32 = 4
  /// The page in which the worker says which calls it is inside of.
  static let entered: Int32 = 5
  /// A lock that is held as long as this process lives; never touched.
  static let lock: Int32 = 6
  /// A listener's bound socket.
  static let listening: Int32 = 7
}
