// SPDX-License-Identifier: Apache-2.0
// The machine's zones by name.
import Calendar
import Jackfield
import TestKit
import Testing

@Suite struct ZoneFilesTests {
  @Test func `zones are found by their names, the old ones too, and listed`() throws {
    let zones = ZoneFiles().source
    let kolkata = try #require(zones("Asia/Kolkata"), "install tzdata")
    #expect(kolkata.name == "Asia/Kolkata")
    #expect(zones("Asia/Calcutta")?.offset(at: 0) == kolkata.offset(at: 0))
    #expect(zones("America/Argentina/Ushuaia") != nil)
    #expect(zones("+05:30")?.fixedOffset == 19_800)
    let names = zones.names
    #expect(names.count > 400)
    #expect(names.contains("Europe/Berlin") && names.contains("America/Argentina/Ushuaia"))
    #expect(names.allSatisfy { zones($0) != nil }, "a listed name is a zone")
  }

  @Test(arguments: [
    "", "/", "..", "../../etc/passwd", "/etc/passwd", "Europe", "Europe/", "/Europe/Berlin",
    "Europe//Berlin", "Europe/../Europe/Berlin", "Europe/./Berlin", "right/Europe/Berlin",
    "posixrules", "localtime", "tzdata.zi", "zone.tab", "leapseconds", "Europe/Berlin\0", "Ä",
    "a/b/c/d", "Mars/Olympus", "europe/berlin ",
  ])
  func `a name that is no zone leads nowhere`(name: String) {
    #expect(ZoneFiles().zone(name) == nil)
  }

  @Test func `a folder that is not there, and files that are none, are no zones`() throws {
    let folder = TemporaryFolder()
    #expect(ZoneFiles(folder: folder("none")).source.names == [])
    #expect(ZoneFiles(folder: folder("none")).zone("Europe/Berlin") == nil)
    try Subprocess.run(
      "/bin/sh", ["-c", "mkdir X && echo hello >X/Y && mkfifo Z"], folder: folder.path)
    let zones = ZoneFiles(folder: folder.path)
    #expect(zones.zone("X/Y") == nil)
    #expect(zones.zone("X") == nil)
    #expect(zones.zone("Z") == nil, "a pipe is opened without waiting for its other end")
  }
}
