import GRDB

/// A second hand on the file: what a test reads or spoils behind the books' back.
struct SQLite {
  private let queue: DatabaseQueue

  init(_ path: String) throws { queue = try DatabaseQueue(path: path) }

  func integer(_ sql: String) throws -> Int64? {
    try queue.read { try Int64.fetchOne($0, sql: sql) }
  }

  func text(_ sql: String) throws -> String {
    try queue.read { try String.fetchOne($0, sql: sql) } ?? ""
  }

  func execute(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }

  /// Edits rows that triggers protect, as someone with the file and a tool could.
  func tamper(_ sql: String) throws {
    try queue.write { db in
      let triggers = try Row.fetchAll(
        db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
      for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
      try db.execute(sql: sql)
      for trigger in triggers { try db.execute(sql: trigger["sql"]) }
    }
  }
}
