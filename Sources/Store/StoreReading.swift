// SPDX-License-Identifier: Apache-2.0
// What both kinds of transaction can do: read.

/// A transaction that reads; the operations are its extensions, noun first.
///
/// **Isolation** valid only inside the body it was handed to.
package protocol StoreReading {
  var connection: StoreConnection { get }
}

/// A connection seen from outside: nothing can be done with it but through the operations.
package struct StoreConnection {
  let database: Database
}

extension StoreReading {
  var database: Database { connection.database }
}

/// A transaction of a reader: sees one state of the database, changes nothing.
package struct ReadTransaction: StoreReading {
  package let connection: StoreConnection
  init(database: Database) { connection = StoreConnection(database: database) }
}

/// The part of a batch that one body writes: all of it is committed, or nothing.
package struct WriteTransaction: StoreReading {
  package let connection: StoreConnection
  init(database: Database) { connection = StoreConnection(database: database) }
}
