import GRDBSQLite

/// What SQLite answered when it was not "done".
struct SQLiteFailure: Error, CustomStringConvertible {
  /// Extended result code.
  let code: Int32
  let message: String
  var description: String { "\(message) (SQLite \(code))" }

  init(_ code: Int32, _ database: OpaquePointer?) {
    self.code = code
    message = database.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "out of memory"
  }

  /// The fault lies in the rows or the program, not in the disk: only the operation that met it fails.
  var isOfOneOperation: Bool {
    [SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_ERROR, SQLITE_TOOBIG]
      .contains(code & 0xff)
  }
}

/// A prepared statement on the writer's connection, used through SQLite's own calls: about a third of
/// the time of a `GRDB.Statement` with arguments for the short inserts of the hot path. Belongs to the
/// writer's thread.
final class RawStatement {
  private let database: OpaquePointer
  private var handle: OpaquePointer?

  init(_ database: OpaquePointer, _ sql: String) throws {
    self.database = database
    let code = sqlite3_prepare_v3(
      database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK else { throw SQLiteFailure(code, database) }
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Arguments, numbered from 1

  @inline(__always)
  func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

  @inline(__always)
  func bind(_ index: Int32, _ value: Int64?) {
    if let value {
      sqlite3_bind_int64(handle, index, value)
    } else {
      sqlite3_bind_null(handle, index)
    }
  }

  /// SQLite copies the bytes.
  func bind(_ index: Int32, _ value: String?) {
    guard var value else {
      sqlite3_bind_null(handle, index)
      return
    }
    value.withUTF8 { text in
      // An empty text is not NULL: give SQLite an address even so.
      let bytes = text.baseAddress ?? UnsafePointer(bitPattern: 1)!
      bytes.withMemoryRebound(to: CChar.self, capacity: text.count) {
        _ = sqlite3_bind_text(handle, index, $0, Int32(text.count), Self.transient)
      }
    }
  }

  func bind(_ index: Int32, _ value: [UInt8]?) {
    guard let value else {
      sqlite3_bind_null(handle, index)
      return
    }
    value.withUnsafeBytes {
      if let base = $0.baseAddress, !$0.isEmpty {
        _ = sqlite3_bind_blob(handle, index, base, Int32($0.count), Self.transient)
      } else {
        _ = sqlite3_bind_zeroblob(handle, index, 0)
      }
    }
  }

  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  // MARK: Running

  /// Runs a statement that returns no row.
  func run() throws {
    let code = sqlite3_step(handle)
    guard code == SQLITE_DONE else { throw failure(code) }
    sqlite3_reset(handle)
  }

  /// The first row, read by `body`; nil when there is none.
  func first<Value>(_ body: (RawStatement) throws -> Value) throws -> Value? {
    switch sqlite3_step(handle) {
    case SQLITE_ROW:
      defer { sqlite3_reset(handle) }
      return try body(self)
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return nil
    case let code: throw failure(code)
    }
  }

  func each(_ body: (RawStatement) throws -> Void) throws {
    defer { sqlite3_reset(handle) }
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: try body(self)
      case SQLITE_DONE: return
      case let code: throw failure(code)
      }
    }
  }

  private func failure(_ code: Int32) -> SQLiteFailure {
    let failure = SQLiteFailure(code, database)
    sqlite3_reset(handle)
    return failure
  }

  // MARK: Columns, numbered from 0

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func optionalInteger(_ column: Int32) -> Int64? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : integer(column)
  }

  func text(_ column: Int32) -> String? {
    guard let base = sqlite3_column_text(handle, column) else { return nil }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
  }

  func bytes(_ column: Int32) -> [UInt8] {
    let count = Int(sqlite3_column_bytes(handle, column))
    guard count > 0, let base = sqlite3_column_blob(handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: base, count: count))
  }
}
