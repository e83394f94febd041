// SPDX-License-Identifier: Apache-2.0
// Everything killed, again and again, while events stream in.
import TestKit
import Testing
import Values

@Suite(.serialized) struct KillStormTests {
  @Test(.timeLimit(.minutes(20)))
  func `after 200 kills every acknowledged event has its rows once and no request came twice`()
    throws
  {
    let storm = try Subprocess.run(
      BuiltProducts.program("jackfield"), ["torture", "--rounds", "200", "--seed", "1", "--json"],
      timeout: .seconds(1_150))
    print(storm.output)
    try #require(storm.isSuccess, "\(storm.errors)")
    let report = try JSONValue(parsing: storm.output)
    #expect(report["wrong"]?.asList == [], "\(storm.errors)")
    #expect((report["kills"]?.asInteger ?? 0) >= 200)
    for point in ["accept", "commit", "call", "left", "outcome"] {
      #expect((report["by_point"]?[point]?.asInteger ?? 0) >= 5, "kills at \(point)")
    }
    #expect((report["acknowledged"]?.asInteger ?? 0) > 200)
  }
}
