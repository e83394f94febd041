// SPDX-License-Identifier: Apache-2.0
//
// Every file that the loader opens for an image: the only ones its worker may read while it loads.

import Glibc
import Synchronization

/// Finds the libraries of images, and remembers what each needs.
///
/// **Isolation** any thread.
package final class LibraryClosure: Sendable {
  /// A file as it was read: another one of the same name is read again.
  private struct Version: Hashable {
    let path: String
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  private let search: LibrarySearch
  private let known = Mutex<[Version: LibraryLinks]>([:])

  package init(_ search: LibrarySearch = LibrarySearch()) {
    self.search = search
  }

  /// The paths of all libraries that the image in `memory` needs, and that those need, with the
  /// loader and its cache. What is not found is left out: the loader says so by its name.
  package func files(ofImage memory: Int32) -> [String] {
    var found: Set<String> = []
    var waiting = [(name: String, from: LibraryLinks)]()
    func need(_ links: LibraryLinks) { waiting += links.needed.map { ($0, links) } }
    need(links(ofFile: memory, in: nil))
    while let (name, from) = waiting.popLast() {
      for path in search.paths(of: name, searchPaths: from.searchPaths, beside: from.folder)
      where found.insert(path).inserted && found.count <= Self.most {
        need(links(of: path))
      }
    }
    return found.sorted() + search.loaderFiles
  }

  private func links(of path: String) -> LibraryLinks {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return LibraryLinks() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return LibraryLinks() }
    let version = Version(
      path: path, size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
    if let links = known.withLock({ $0[version] }) { return links }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
    let links = links(ofFile: file, in: folder)
    known.withLock { known in
      if known.count >= Self.most { known.removeAll() }
      known[version] = links
    }
    return links
  }

  private func links(ofFile file: Int32, in folder: String?) -> LibraryLinks {
    guard let bytes = readFile(file, limit: LoadedImage.mostBytes) else { return LibraryLinks() }
    return LibraryLinks(bytes: bytes, folder: folder)
  }

  /// An image that needs more libraries is made to fill memory.
  private static let most = 1_000
}
